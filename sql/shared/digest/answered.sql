-- What waited for somebody and was answered from @since on, by code and answer. In: @since.
SELECT code, resolution, COUNT(*) AS items FROM etl.item
WHERE resolution IS NOT NULL AND resolved_utc >= @since
GROUP BY code, resolution ORDER BY code, resolution;
