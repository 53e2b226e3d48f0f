-- The item that has waited for somebody for longest.
SELECT TOP (1) i.pipeline, i.item_key, i.state, i.code, i.reason, i.settled_utc AS since_utc FROM etl.item AS i
WHERE i.state IN ('held', 'failed') AND i.resolution IS NULL
ORDER BY i.settled_utc, i.item_id;
