-- Snapshot rows of one table. In: @change_set_id. {table}: frozen table. Out: n.
SELECT COUNT(*) AS n FROM etl.{table} WHERE change_set_id = @change_set_id AND queued = 1;
