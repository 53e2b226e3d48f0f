-- Snapshot rows of one table in key order. In: @change_set_id, @after_1, @after_2, @limit. {table}: frozen table;
-- {key_1}, {key_2}: key columns (the same one twice when the key has one column); {columns}: all.
SELECT TOP (@limit) s.{key_1}, s.{key_2}, {columns}
FROM etl.{table} AS s
WHERE s.change_set_id = @change_set_id AND s.queued = 1
  AND (s.{key_1} > @after_1 OR (s.{key_1} = @after_1 AND s.{key_2} > @after_2))
ORDER BY s.{key_1}, s.{key_2};
