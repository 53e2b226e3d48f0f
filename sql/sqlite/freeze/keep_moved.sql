-- Candidates that are unknown, or whose stamp or status is not the one last frozen: they differ, whatever their lines
-- and payments say. A state that went A, B, A has another stamp, so it is among them.
-- CROSS JOIN keeps the order as written, from the candidates, which are few, to their orders.
INSERT INTO temp.kept (order_id, queued, settled, status_id, modified_at, since_utc)
SELECT c.order_id, 1, 0, o.OrderStatusID, o.ModifiedDate, (SELECT utc_now())
FROM temp.candidate AS c CROSS JOIN dbo.Orders AS o ON o.OrderID = c.order_id
LEFT JOIN etl.aggregate_version AS v ON v.order_id = c.order_id
WHERE v.order_id IS NULL OR v.status_id <> o.OrderStatusID OR v.modified_at <> o.ModifiedDate;
