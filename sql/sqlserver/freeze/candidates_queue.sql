-- Orders the snapshot speaks of: in its Orders, its OrderDetails, its Payments; and the orders that are held
-- as incomplete, which are read again by key every cycle. In key order, for the tables that are filled from it.
INSERT INTO #candidate (order_id, reread) SELECT DISTINCT OrderID, 0 FROM queue.Orders ORDER BY OrderID;
INSERT INTO #candidate (order_id, reread)
SELECT DISTINCT d.OrderID, 0 FROM queue.OrderDetails AS d
WHERE NOT EXISTS (SELECT 1 FROM #candidate AS c WHERE c.order_id = d.OrderID);
INSERT INTO #candidate (order_id, reread)
SELECT DISTINCT y.OrderID, 0 FROM queue.Payments AS y
WHERE y.OrderID IS NOT NULL AND NOT EXISTS (SELECT 1 FROM #candidate AS c WHERE c.order_id = y.OrderID);
UPDATE #candidate SET reread = 1
WHERE order_id IN (SELECT i.order_id FROM etl.item AS i
                   WHERE i.state = 'held' AND i.resolution IS NULL AND i.code = 'INCOMPLETE' AND i.order_id IS NOT NULL);
INSERT INTO #candidate (order_id, reread)
SELECT DISTINCT i.order_id, 1 FROM etl.item AS i
WHERE i.state = 'held' AND i.resolution IS NULL AND i.code = 'INCOMPLETE' AND i.order_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM #candidate AS c WHERE c.order_id = i.order_id);
