-- The kept orders become the last frozen versions. In: @change_set_id.
INSERT OR REPLACE INTO etl.aggregate_version (order_id, change_set_id, signature, status_id, modified_at, since_utc)
SELECT order_id, @change_set_id, signature, status_id, modified_at, since_utc FROM temp.kept;
