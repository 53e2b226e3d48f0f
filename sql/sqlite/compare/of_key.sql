-- Rows of an order, as they stand in the files. In: @key.
SELECT file, line, cells FROM theirs WHERE key = @key ORDER BY row_id;
