-- Backfill: every candidate is kept; live versions are neither read nor written. An order that has not been
-- modified since @settled_before (US Central) counts as settled. In: @settled_before.
INSERT INTO temp.kept (order_id, queued, settled, signature, status_id, modified_at, since_utc)
SELECT c.order_id, c.queued, o.ModifiedDate <= @settled_before, '', o.OrderStatusID, o.ModifiedDate, utc_now()
FROM temp.candidate AS c JOIN dbo.Orders AS o ON o.OrderID = c.order_id;
