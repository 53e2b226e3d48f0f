-- Copies all payments of the kept orders, then the snapshot's payments of other orders (EXCEPT: see
-- freeze/copy_customers). In: @change_set_id.
INSERT INTO etl.frozen_Payments (change_set_id, queued, row_stamp, {columns})
SELECT @change_set_id,
       CASE WHEN EXISTS (SELECT 1 FROM #queued_row AS q
                         WHERE q.source_table = 'Payments' AND q.row_key = s.PaymentID) THEN 1 ELSE 0 END,
       CAST(s.ModifiedDate AS DATETIME2(7)), {source_columns}
FROM #kept AS k JOIN dbo.Payments AS s ON s.OrderID = k.order_id
WHERE k.fresh = 1;
INSERT INTO etl.frozen_Payments (change_set_id, queued, row_stamp, {columns})
SELECT @change_set_id, 1, CAST(s.ModifiedDate AS DATETIME2(7)), {source_columns}
FROM (
  SELECT q.row_key FROM #queued_row AS q WHERE q.source_table = 'Payments'
  EXCEPT
  SELECT f.PaymentID FROM etl.frozen_Payments AS f WHERE f.change_set_id = @change_set_id
) AS n JOIN dbo.Payments AS s ON s.PaymentID = n.row_key;
