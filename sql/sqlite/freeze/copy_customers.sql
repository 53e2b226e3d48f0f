-- Copies the customers of the kept orders, then the snapshot's other customers. In: @change_set_id.
INSERT INTO etl.frozen_Customers (change_set_id, queued, {columns})
SELECT @change_set_id,
       EXISTS (SELECT 1 FROM temp.queued_row AS q WHERE q.source_table = 'Customers' AND q.row_key = s.CustomerID),
       {source_columns}
FROM dbo.Customers AS s
WHERE s.CustomerID IN (SELECT o.CustomerID FROM temp.kept AS k JOIN dbo.Orders AS o ON o.OrderID = k.order_id);
INSERT INTO etl.frozen_Customers (change_set_id, queued, {columns})
SELECT @change_set_id, 1, {source_columns}
FROM temp.queued_row AS q CROSS JOIN dbo.Customers AS s ON s.CustomerID = q.row_key
WHERE q.source_table = 'Customers'
  AND NOT EXISTS (SELECT 1 FROM etl.frozen_Customers AS f WHERE f.change_set_id = @change_set_id AND f.CustomerID = q.row_key);
