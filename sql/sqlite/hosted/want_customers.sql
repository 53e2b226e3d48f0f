-- The customers of the kept orders, and the snapshot's others.
DELETE FROM temp.wanted;
INSERT INTO temp.wanted (id)
SELECT o.CustomerID FROM temp.kept AS k JOIN dbo.Orders AS o ON o.OrderID = k.order_id WHERE o.CustomerID IS NOT NULL
UNION
SELECT row_key FROM temp.queued_row WHERE source_table = 'Customers';
