-- The snapshot's rows of one table that were not read yet. In: @table. {table}, {key}: the same, and its key.
DELETE FROM temp.wanted;
INSERT INTO temp.wanted (id)
SELECT q.row_key FROM temp.queued_row AS q
WHERE q.source_table = @table AND NOT EXISTS (SELECT 1 FROM dbo.{table} AS s WHERE s.{key} = q.row_key);
