-- The copies become the last frozen versions. They have no signature: their frozen rows are there to be compared with,
-- until the retention deletes them (retention/sign_versions). In: @change_set_id.
DELETE FROM etl.aggregate_version WHERE order_id IN (SELECT k.order_id FROM #kept AS k);
INSERT INTO etl.aggregate_version (order_id, change_set_id, signature, status_id, modified_at, since_utc)
SELECT k.order_id, @change_set_id, 0x, k.status_id, k.modified_at, k.since_utc FROM #kept AS k;
