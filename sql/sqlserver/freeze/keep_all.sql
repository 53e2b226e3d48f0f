-- Backfill: every candidate is kept; live versions are neither read nor written. None counts as settled: an old
-- stamp does not prove that an order has stopped moving, and here it is seen for the first time. One whose totals
-- differ is held, and so read again by the live flow, which can tell.
INSERT INTO #kept (order_id, queued, settled, status_id, modified_at, since_utc)
SELECT c.order_id, 1, 0, o.OrderStatusID,
       CAST(o.ModifiedDate AS DATETIME2(7)), utc_now()
FROM #candidate AS c JOIN dbo.Orders AS o ON o.OrderID = c.order_id
WHERE c.pending = 1
ORDER BY c.order_id;
