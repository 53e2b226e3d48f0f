-- Orders of a backfill slice, by ModifiedDate. In: @start (included), @end (excluded).
INSERT INTO #candidate (order_id, reread)
SELECT OrderID, 0 FROM dbo.Orders
WHERE ModifiedDate >= CAST(@start AS DATETIME2(3)) AND ModifiedDate < CAST(@end AS DATETIME2(3));
