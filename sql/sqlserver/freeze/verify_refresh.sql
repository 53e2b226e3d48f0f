-- Whether the snapshot holds at least what dbo holds for the same start: an answer that falls short is a
-- failure, not a success. In: @start. Out: one row per table: table_name, in_queue, in_dbo, newest.
SELECT 'Orders' AS table_name, (SELECT COUNT(*) FROM queue.Orders) AS in_queue,
       (SELECT COUNT(*) FROM dbo.Orders WHERE ModifiedDate > CAST(@start AS DATETIME2(3))) AS in_dbo,
       (SELECT CAST(MAX(ModifiedDate) AS DATETIME2(3)) FROM queue.Orders) AS newest
UNION ALL
SELECT 'Payments' AS table_name, (SELECT COUNT(*) FROM queue.Payments) AS in_queue,
       (SELECT COUNT(*) FROM dbo.Payments WHERE ModifiedDate > CAST(@start AS DATETIME2(3))) AS in_dbo,
       (SELECT CAST(MAX(ModifiedDate) AS DATETIME2(3)) FROM queue.Payments) AS newest
UNION ALL
SELECT 'Customers' AS table_name, (SELECT COUNT(*) FROM queue.Customers) AS in_queue,
       (SELECT COUNT(*) FROM dbo.Customers WHERE ModifiedDate > CAST(@start AS DATETIME2(3))) AS in_dbo,
       (SELECT CAST(MAX(ModifiedDate) AS DATETIME2(3)) FROM queue.Customers) AS newest
UNION ALL
SELECT 'CustomerAccounts' AS table_name, (SELECT COUNT(*) FROM queue.CustomerAccounts) AS in_queue,
       (SELECT COUNT(*) FROM dbo.CustomerAccounts WHERE ModifiedDate > CAST(@start AS DATETIME2(3))) AS in_dbo,
       (SELECT CAST(MAX(ModifiedDate) AS DATETIME2(3)) FROM queue.CustomerAccounts) AS newest
UNION ALL
SELECT 'CustomerSites' AS table_name, (SELECT COUNT(*) FROM queue.CustomerSites) AS in_queue,
       (SELECT COUNT(*) FROM dbo.CustomerSites WHERE ModifiedDate > CAST(@start AS DATETIME2(3))) AS in_dbo,
       (SELECT CAST(MAX(ModifiedDate) AS DATETIME2(3)) FROM queue.CustomerSites) AS newest;
