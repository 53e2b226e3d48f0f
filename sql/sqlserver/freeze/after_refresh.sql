-- What the snapshot holds since its start; a snapshot that was left as it was may hold many older rows. In: @start.
-- Out: one row per table: table_name, in_queue, newest.
SELECT 'Orders' AS table_name, COUNT(CASE WHEN ModifiedDate > CAST(@start AS DATETIME2(3)) THEN 1 END) AS in_queue,
       CAST(MAX(ModifiedDate) AS DATETIME2(3)) AS newest
FROM queue.Orders
UNION ALL
SELECT 'Payments' AS table_name, COUNT(CASE WHEN ModifiedDate > CAST(@start AS DATETIME2(3)) THEN 1 END) AS in_queue,
       CAST(MAX(ModifiedDate) AS DATETIME2(3)) AS newest
FROM queue.Payments
UNION ALL
SELECT 'Customers' AS table_name, COUNT(CASE WHEN ModifiedDate > CAST(@start AS DATETIME2(3)) THEN 1 END) AS in_queue,
       CAST(MAX(ModifiedDate) AS DATETIME2(3)) AS newest
FROM queue.Customers
UNION ALL
SELECT 'CustomerAccounts' AS table_name, COUNT(CASE WHEN ModifiedDate > CAST(@start AS DATETIME2(3)) THEN 1 END) AS in_queue,
       CAST(MAX(ModifiedDate) AS DATETIME2(3)) AS newest
FROM queue.CustomerAccounts
UNION ALL
SELECT 'CustomerSites' AS table_name, COUNT(CASE WHEN ModifiedDate > CAST(@start AS DATETIME2(3)) THEN 1 END) AS in_queue,
       CAST(MAX(ModifiedDate) AS DATETIME2(3)) AS newest
FROM queue.CustomerSites;
