-- The item that is under way for longest.
SELECT i.pipeline, i.item_key, i.state, i.code, i.reason, i.created_utc AS since_utc FROM etl.item AS i
WHERE i.state IN ('new', 'ready', 'loading')
ORDER BY i.created_utc, i.item_id LIMIT 1;
