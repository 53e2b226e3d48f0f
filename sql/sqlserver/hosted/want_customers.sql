-- The customers of the kept orders, and the snapshot's others.
DELETE FROM #wanted;
INSERT INTO #wanted (id)
SELECT o.CustomerID FROM #kept AS k JOIN dbo.Orders AS o ON o.OrderID = k.order_id WHERE o.CustomerID IS NOT NULL
UNION
SELECT row_key FROM #queued_row WHERE source_table = 'Customers';
