-- Copies all payments of the kept orders, then the snapshot's payments of other orders. In: @change_set_id.
INSERT INTO etl.frozen_Payments (change_set_id, queued, {columns})
SELECT @change_set_id,
       EXISTS (SELECT 1 FROM temp.queued_row AS q WHERE q.source_table = 'Payments' AND q.row_key = s.PaymentID),
       {source_columns}
FROM temp.kept AS k JOIN dbo.Payments AS s ON s.OrderID = k.order_id
ORDER BY s.PaymentID;
INSERT OR IGNORE INTO etl.frozen_Payments (change_set_id, queued, {columns})
SELECT @change_set_id, 1, {source_columns}
FROM temp.queued_row AS q JOIN dbo.Payments AS s ON s.PaymentID = q.row_key
WHERE q.source_table = 'Payments';
