-- The kept orders become the last frozen versions. In: @change_set_id.
DELETE FROM etl.aggregate_version WHERE order_id IN (SELECT k.order_id FROM #kept AS k);
INSERT INTO etl.aggregate_version (order_id, change_set_id, signature, status_id, modified_at, since_utc)
SELECT order_id, @change_set_id, signature, status_id, modified_at, since_utc FROM #kept;
