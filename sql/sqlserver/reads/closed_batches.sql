-- What was settled since then, by pipeline and stretch of time. In: @since (UTC), @width (13: hours, 10: days).
-- Out: pipeline, stretch (the first characters of the time of closing), batches, items, delivered, excluded, held, failed,
-- lag_ms and mean_lag_ms (from the freeze of a batch to its end).
SELECT pipeline, stretch, COUNT(*) AS batches, SUM(items_frozen) AS items,
       SUM(delivered) AS delivered, SUM(excluded) AS excluded, SUM(held) AS held, SUM(failed) AS failed,
       CAST(MAX(lag) AS FLOAT) AS lag_ms, CAST(AVG(lag) AS FLOAT) AS mean_lag_ms
FROM (SELECT pipeline, LEFT(CONVERT(VARCHAR(23), closed_utc, 121), @width) AS stretch, items_frozen, delivered, excluded,
             held, failed, CAST(DATEDIFF(second, created_utc, closed_utc) AS DECIMAL(18, 0)) * 1000 AS lag
      FROM etl.batch WHERE closed_utc >= @since) AS b
GROUP BY pipeline, stretch ORDER BY stretch, pipeline;
