-- The sweep of every cycle: open orders whose state in dbo is not the one last frozen, whatever their stamp
-- says (late commits, replicas that stalled). Accepted (7) orders must be known; open ones we know must not
-- have moved. In: @first (nothing older than the first freeze is ours to find).
-- EXCEPT walks two indexes side by side: 200,000 open orders take 40 ms, a join that looks each of them up 150 ms.
INSERT OR IGNORE INTO temp.candidate (order_id)
  SELECT m.order_id FROM (
    SELECT OrderStatusID, OrderID AS order_id, ModifiedDate FROM dbo.Orders
    WHERE OrderStatusID = 7 AND ModifiedDate >= @first
    EXCEPT
    SELECT status_id, order_id, modified_at FROM etl.aggregate_version WHERE status_id = 7
  ) AS m;
INSERT OR IGNORE INTO temp.candidate (order_id)
  SELECT m.order_id FROM (
    SELECT status_id, order_id, modified_at FROM etl.aggregate_version WHERE status_id IN (7, 8)
    EXCEPT
    SELECT OrderStatusID, OrderID, ModifiedDate FROM dbo.Orders WHERE OrderStatusID IN (7, 8)
  ) AS m
  WHERE EXISTS (SELECT 1 FROM dbo.Orders AS o WHERE o.OrderID = m.order_id);
