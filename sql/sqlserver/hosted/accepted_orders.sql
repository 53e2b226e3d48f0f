-- Accepted (7) orders since @first, for the sweep. On the sync database. Out: {columns}.
SELECT {columns} FROM dbo.Orders AS s
WHERE s.OrderStatusID = 7 AND s.ModifiedDate >= CAST(@first AS DATETIME2(3));
