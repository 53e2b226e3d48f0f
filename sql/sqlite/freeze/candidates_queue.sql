-- Orders the snapshot speaks of: in its Orders, its OrderDetails, its Payments; and the orders that are held
-- as incomplete, which are read again by key every cycle. INDEXED BY: left to itself, the engine reads all items that
-- ever were by their order (90 ms of an idle cycle at 400,000 of them) instead of the few that wait.
INSERT OR IGNORE INTO temp.candidate (order_id) SELECT OrderID FROM queue.Orders;
INSERT OR IGNORE INTO temp.candidate (order_id) SELECT OrderID FROM queue.OrderDetails;
INSERT OR IGNORE INTO temp.candidate (order_id) SELECT OrderID FROM queue.Payments WHERE OrderID IS NOT NULL;
INSERT INTO temp.candidate (order_id, reread)
  SELECT DISTINCT order_id, 1 FROM etl.item INDEXED BY item_waiting
  WHERE state = 'held' AND resolution IS NULL AND code = 'INCOMPLETE' AND order_id IS NOT NULL
  ON CONFLICT (order_id) DO UPDATE SET reread = 1;
