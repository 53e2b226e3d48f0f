-- Orders that we know as open and that are not among the Accepted ones that were read: their state may be any.
DELETE FROM #wanted;
INSERT INTO #wanted (id)
SELECT v.order_id FROM etl.aggregate_version AS v
WHERE v.status_id IN (7, 8) AND NOT EXISTS (SELECT 1 FROM dbo.Orders AS o WHERE o.OrderID = v.order_id);
