-- Every order that the API listed; reread = held as incomplete.
INSERT INTO #candidate (order_id, reread)
SELECT o.OrderID, CASE WHEN i.order_id IS NULL THEN 0 ELSE 1 END
FROM dbo.Orders AS o
LEFT JOIN (SELECT DISTINCT order_id FROM etl.item
           WHERE state = 'held' AND resolution IS NULL AND code = 'INCOMPLETE' AND order_id IS NOT NULL) AS i
  ON i.order_id = o.OrderID;
