-- What was settled since then, by pipeline and stretch of time. In: @since (UTC), @width (13: hours, 10: days).
-- Out: pipeline, stretch (the first characters of the time of closing), batches, items, delivered, excluded, held, failed,
-- lag_ms and mean_lag_ms (from the freeze of a batch to its end).
SELECT pipeline, substr(closed_utc, 1, @width) AS stretch, COUNT(*) AS batches, SUM(items_frozen) AS items,
       SUM(delivered) AS delivered, SUM(excluded) AS excluded, SUM(held) AS held, SUM(failed) AS failed,
       CAST(ROUND(MAX(julianday(closed_utc) - julianday(created_utc)) * 86400000) AS INTEGER) AS lag_ms,
       CAST(ROUND(AVG(julianday(closed_utc) - julianday(created_utc)) * 86400000) AS INTEGER) AS mean_lag_ms
FROM etl.batch WHERE closed_utc >= @since
GROUP BY pipeline, substr(closed_utc, 1, @width) ORDER BY stretch, pipeline;
