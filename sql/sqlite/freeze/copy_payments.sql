-- Copies all payments of the kept orders, then the snapshot's payments of other orders. CROSS JOIN:
-- from the kept orders to their payments; asked for them in key order, the engine would read all payments there are.
-- In: @change_set_id.
INSERT INTO etl.frozen_Payments (change_set_id, queued, {columns})
SELECT @change_set_id,
       EXISTS (SELECT 1 FROM temp.queued_row AS q WHERE q.source_table = 'Payments' AND q.row_key = s.PaymentID),
       {source_columns}
FROM temp.kept AS k CROSS JOIN dbo.Payments AS s ON s.OrderID = k.order_id;
INSERT INTO etl.frozen_Payments (change_set_id, queued, {columns})
SELECT @change_set_id, 1, {source_columns}
FROM temp.queued_row AS q CROSS JOIN dbo.Payments AS s ON s.PaymentID = q.row_key
WHERE q.source_table = 'Payments'
  AND NOT EXISTS (SELECT 1 FROM etl.frozen_Payments AS f WHERE f.change_set_id = @change_set_id AND f.PaymentID = q.row_key);
