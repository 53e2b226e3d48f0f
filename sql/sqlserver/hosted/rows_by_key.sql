-- Rows of {table} by a page of keys. On the sync database. In: @keys (JSON). Out: {columns}.
SELECT {columns} FROM dbo.{table} AS s
WHERE s.{key} IN (SELECT CAST(value AS INT) FROM OPENJSON(@keys));
