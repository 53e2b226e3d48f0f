-- Of the other pending candidates (freeze/keep_moved comes before) those whose signature is not that of their last frozen
-- version, and incomplete ones with lines that have not moved since @settled_before.
-- Comparing all of them, not only those at or below the old watermark, is what keeps a row with a stamp in the future
-- from being frozen every cycle. Names columns of the frozen tables: run it when a version is there.
-- Takes in freeze/signature and freeze/frozen_signature.
-- Correlated on purpose: an index seek per order, whatever the server thinks of the size of a new work table.
-- In: @settled_before (UTC). Out: number of rows kept.
INSERT INTO #kept (order_id, queued, settled, status_id, modified_at, since_utc)
SELECT s.order_id, s.changed, 1 - s.changed, s.status_id, s.modified_at,
       CASE WHEN s.changed = 1 THEN utc_now() ELSE s.since_utc END
FROM (
  SELECT t.order_id, t.reread, t.status_id, t.modified_at, t.since_utc,
         CASE WHEN t.signature = t.frozen THEN 0 ELSE 1 END AS changed
  FROM (
    SELECT c.order_id, c.reread, o.OrderStatusID AS status_id, CAST(o.ModifiedDate AS DATETIME2(7)) AS modified_at,
           v.since_utc, {signature} AS signature,
           CASE WHEN v.signature <> 0x THEN v.signature ELSE {frozen_signature} END AS frozen
    FROM #candidate AS c
    JOIN etl.aggregate_version AS v ON v.order_id = c.order_id
    JOIN dbo.Orders AS o ON o.OrderID = c.order_id
    WHERE c.pending = 1 AND NOT EXISTS (SELECT 1 FROM #kept AS k WHERE k.order_id = c.order_id)
  ) AS t
) AS s
WHERE s.changed = 1
   OR (s.reread = 1 AND s.since_utc <= CAST(@settled_before AS DATETIME2(3))
       AND EXISTS (SELECT 1 FROM dbo.OrderDetails AS d WHERE d.OrderID = s.order_id));
