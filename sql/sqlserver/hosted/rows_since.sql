-- Rows of {table} by ModifiedDate. On the sync database. In: @since (included), @until (excluded, or NULL). Out: {columns}.
SELECT {columns} FROM dbo.{table} AS s
WHERE s.ModifiedDate >= CAST(@since AS DATETIME2(3))
  AND (@until IS NULL OR s.ModifiedDate < CAST(@until AS DATETIME2(3)));
