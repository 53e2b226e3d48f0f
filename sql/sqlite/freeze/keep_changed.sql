-- Of the other candidates (freeze/keep_moved comes before) those whose signature is not that of their last frozen
-- version, and incomplete ones with lines that have not moved since @settled_before.
-- Comparing all of them, not only those at or below the old watermark, is what keeps a row with a stamp in the future
-- from being frozen every cycle. Names columns of the frozen tables: run it when a version is there.
-- Takes in freeze/signature and freeze/frozen_signature.
-- In: @settled_before (UTC). Out: number of rows kept.
INSERT INTO temp.kept (order_id, queued, settled, status_id, modified_at, since_utc)
SELECT s.order_id, s.changed, 1 - s.changed, s.status_id, s.modified_at,
       CASE WHEN s.changed = 1 THEN utc_now() ELSE s.since_utc END
FROM (
  SELECT c.order_id, c.reread, o.OrderStatusID AS status_id, o.ModifiedDate AS modified_at, v.since_utc,
         (CASE WHEN v.signature <> '' THEN v.signature ELSE {frozen_signature} END) <> {signature} AS changed
  FROM temp.candidate AS c CROSS JOIN etl.aggregate_version AS v ON v.order_id = c.order_id
  CROSS JOIN dbo.Orders AS o ON o.OrderID = c.order_id
  WHERE NOT EXISTS (SELECT 1 FROM temp.kept AS k WHERE k.order_id = c.order_id)
) AS s
WHERE s.changed = 1
   OR (s.reread = 1 AND s.since_utc <= @settled_before
       AND EXISTS (SELECT 1 FROM dbo.OrderDetails AS d WHERE d.OrderID = s.order_id));
