-- The copies become the last frozen versions, with the signatures of the copies. In: @change_set_id.
DELETE FROM etl.aggregate_version WHERE order_id IN (SELECT k.order_id FROM #kept AS k);
INSERT INTO etl.aggregate_version (order_id, change_set_id, signature, status_id, modified_at, since_utc)
SELECT k.order_id, @change_set_id, s.signature, k.status_id, k.modified_at, k.since_utc
FROM #kept AS k JOIN #signed AS s ON s.order_id = k.order_id;
