-- The kept orders become the last frozen versions. They have no signature: their frozen rows are there to be compared
-- with, until the retention deletes them (retention/sign_versions). In: @change_set_id.
INSERT OR REPLACE INTO etl.aggregate_version (order_id, change_set_id, signature, status_id, modified_at, since_utc)
SELECT order_id, @change_set_id, '', status_id, modified_at, since_utc FROM temp.kept;
