-- The sweep of every cycle: open orders whose state in dbo is not the one last frozen, whatever their stamp
-- says (late commits, replicas that stalled). Accepted (7) orders must be known; open ones we know must not
-- have moved. In: @first (nothing older than the first freeze is ours to find).
INSERT INTO #candidate (order_id, reread)
SELECT o.OrderID, 0 FROM dbo.Orders AS o
LEFT JOIN etl.aggregate_version AS v ON v.order_id = o.OrderID
WHERE o.OrderStatusID = 7 AND o.ModifiedDate >= CAST(@first AS DATETIME2(3))
  AND (v.order_id IS NULL OR v.status_id <> o.OrderStatusID
       OR v.modified_at <> CAST(o.ModifiedDate AS DATETIME2(7)))
  AND NOT EXISTS (SELECT 1 FROM #candidate AS c WHERE c.order_id = o.OrderID);
INSERT INTO #candidate (order_id, reread)
SELECT v.order_id, 0 FROM etl.aggregate_version AS v
JOIN dbo.Orders AS o ON o.OrderID = v.order_id
WHERE v.status_id IN (7, 8)
  AND (v.status_id <> o.OrderStatusID
       OR v.modified_at <> CAST(o.ModifiedDate AS DATETIME2(7)))
  AND NOT EXISTS (SELECT 1 FROM #candidate AS c WHERE c.order_id = v.order_id);
