-- Rows of a backfill slice, of the same tables, by ModifiedDate. In: @table, @start (included), @end (excluded).
INSERT OR IGNORE INTO temp.queued_row (source_table, row_key)
SELECT @table, s.{key} FROM dbo.{table} AS s WHERE s.ModifiedDate >= @start AND s.ModifiedDate < @end;
