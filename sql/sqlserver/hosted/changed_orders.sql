-- Orders that a snapshot since @start would speak of, for a dry run, which makes none. On the sync database.
-- {table}: of dbo. Out: OrderID.
SELECT DISTINCT OrderID FROM dbo.{table} WHERE ModifiedDate >= CAST(@start AS DATETIME2(3)) AND OrderID IS NOT NULL;
