-- Copies the customers of the copied orders and the snapshot's other customers; again, only those that are not there yet.
-- EXCEPT and not NOT EXISTS: a server that does not know yet how many rows of the new change set there are may look
-- through all of them for each customer (24 s for 50,000). In: @change_set_id.
INSERT INTO etl.frozen_Customers (change_set_id, queued, row_stamp, {columns})
SELECT @change_set_id,
       CASE WHEN EXISTS (SELECT 1 FROM #queued_row AS q
                         WHERE q.source_table = 'Customers' AND q.row_key = s.CustomerID) THEN 1 ELSE 0 END,
       CAST(s.ModifiedDate AS DATETIME2(7)), {source_columns}
FROM (
  SELECT o.CustomerID AS customer_id FROM etl.frozen_Orders AS o WHERE o.change_set_id = @change_set_id
  UNION
  SELECT q.row_key FROM #queued_row AS q WHERE q.source_table = 'Customers'
  EXCEPT
  SELECT f.CustomerID FROM etl.frozen_Customers AS f WHERE f.change_set_id = @change_set_id
) AS n JOIN dbo.Customers AS s ON s.CustomerID = n.customer_id;
