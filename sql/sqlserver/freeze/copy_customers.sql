-- Copies the customers of the copied orders, then the snapshot's other customers; again, only those that are not there
-- yet. In: @change_set_id.
INSERT INTO etl.frozen_Customers (change_set_id, queued, row_stamp, {columns})
SELECT @change_set_id,
       CASE WHEN EXISTS (SELECT 1 FROM #queued_row AS q
                         WHERE q.source_table = 'Customers' AND q.row_key = s.CustomerID) THEN 1 ELSE 0 END,
       CAST(s.ModifiedDate AS DATETIME2(7)), {source_columns}
FROM dbo.Customers AS s
WHERE s.CustomerID IN (SELECT o.CustomerID FROM etl.frozen_Orders AS o WHERE o.change_set_id = @change_set_id)
  AND NOT EXISTS (SELECT 1 FROM etl.frozen_Customers AS f WHERE f.change_set_id = @change_set_id AND f.CustomerID = s.CustomerID);
INSERT INTO etl.frozen_Customers (change_set_id, queued, row_stamp, {columns})
SELECT @change_set_id, 1, CAST(s.ModifiedDate AS DATETIME2(7)), {source_columns}
FROM #queued_row AS q JOIN dbo.Customers AS s ON s.CustomerID = q.row_key
WHERE q.source_table = 'Customers'
  AND NOT EXISTS (SELECT 1 FROM etl.frozen_Customers AS f WHERE f.change_set_id = @change_set_id AND f.CustomerID = q.row_key);
