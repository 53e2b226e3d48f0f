-- Targets that have ready items. In: @pipeline. Out: target, items, oldest_utc.
SELECT target, COUNT(*) AS items, MIN(created_utc) AS oldest_utc
FROM etl.item WHERE pipeline = @pipeline AND state = 'ready' GROUP BY target ORDER BY target;
