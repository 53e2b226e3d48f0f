-- What each pipeline settled in batches that were closed from @since on. In: @since.
SELECT pipeline, COUNT(*) AS batches, SUM(delivered) AS delivered, SUM(excluded) AS excluded, SUM(held) AS held,
       SUM(failed) AS failed
FROM etl.batch WHERE state = 'closed' AND closed_utc >= @since
GROUP BY pipeline ORDER BY pipeline;
