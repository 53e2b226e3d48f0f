-- Pending candidates that are unknown, or whose stamp or status is not the one last frozen: they differ, whatever their
-- lines and payments say. A state that went A, B, A has another stamp, so it is among them. In key order: the copies are
-- made in the order of #kept, and their indexes grow at the end only.
INSERT INTO #kept (order_id, queued, settled, status_id, modified_at, since_utc)
SELECT c.order_id, 1, 0, o.OrderStatusID, CAST(o.ModifiedDate AS DATETIME2(7)), utc_now()
FROM #candidate AS c
JOIN dbo.Orders AS o ON o.OrderID = c.order_id
LEFT JOIN etl.aggregate_version AS v ON v.order_id = c.order_id
WHERE c.pending = 1
  AND (v.order_id IS NULL OR v.status_id <> o.OrderStatusID OR v.modified_at <> CAST(o.ModifiedDate AS DATETIME2(7)))
ORDER BY c.order_id;
