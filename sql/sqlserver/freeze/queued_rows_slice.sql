-- Rows of a backfill slice, of the same tables, by ModifiedDate. In: @table, @start (included), @end (excluded).
INSERT INTO #queued_row (source_table, row_key)
SELECT @table, s.{key} FROM dbo.{table} AS s
WHERE s.ModifiedDate >= CAST(@start AS DATETIME2(3)) AND s.ModifiedDate < CAST(@end AS DATETIME2(3));
