-- What a snapshot must hold at least: rows of dbo since its start, counted before it is made, so that rows which come
-- meanwhile are not missed in it. In: @start. Out: one row per table: table_name, in_dbo.
SELECT 'Orders' AS table_name, COUNT(*) AS in_dbo FROM dbo.Orders WHERE ModifiedDate > CAST(@start AS DATETIME2(3))
UNION ALL
SELECT 'Payments' AS table_name, COUNT(*) AS in_dbo FROM dbo.Payments WHERE ModifiedDate > CAST(@start AS DATETIME2(3))
UNION ALL
SELECT 'Customers' AS table_name, COUNT(*) AS in_dbo FROM dbo.Customers WHERE ModifiedDate > CAST(@start AS DATETIME2(3))
UNION ALL
SELECT 'CustomerAccounts' AS table_name, COUNT(*) AS in_dbo FROM dbo.CustomerAccounts WHERE ModifiedDate > CAST(@start AS DATETIME2(3))
UNION ALL
SELECT 'CustomerSites' AS table_name, COUNT(*) AS in_dbo FROM dbo.CustomerSites WHERE ModifiedDate > CAST(@start AS DATETIME2(3));
