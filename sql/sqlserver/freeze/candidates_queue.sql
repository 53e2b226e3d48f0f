-- Orders the snapshot speaks of: in its Orders, its OrderDetails, its Payments; and the orders that are held
-- as incomplete, which are read again by key every cycle. UNION leaves doubles out.
INSERT INTO #candidate (order_id, reread)
SELECT n.order_id, MAX(n.reread) FROM (
  SELECT OrderID AS order_id, 0 AS reread FROM queue.Orders
  UNION
  SELECT OrderID, 0 FROM queue.OrderDetails
  UNION
  SELECT OrderID, 0 FROM queue.Payments WHERE OrderID IS NOT NULL
  UNION
  SELECT order_id, 1 FROM etl.item
  WHERE state = 'held' AND resolution IS NULL AND code = 'INCOMPLETE' AND order_id IS NOT NULL
) AS n
GROUP BY n.order_id;
