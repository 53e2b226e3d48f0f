-- Whether the snapshot holds at least what dbo holds for the same start: an answer that falls short is a
-- failure, not a success. In: @start. Out: one row per table: table_name, in_queue, in_dbo, newest.
SELECT 'Orders' AS table_name, COUNT(*) AS in_queue,
       (SELECT COUNT(*) FROM dbo.Orders WHERE ModifiedDate > @start) AS in_dbo,
       MAX(ModifiedDate) AS newest
FROM queue.Orders
UNION ALL
SELECT 'Payments', COUNT(*),
       (SELECT COUNT(*) FROM dbo.Payments WHERE ModifiedDate > @start),
       MAX(ModifiedDate)
FROM queue.Payments
UNION ALL
SELECT 'Customers', COUNT(*),
       (SELECT COUNT(*) FROM dbo.Customers WHERE ModifiedDate > @start),
       MAX(ModifiedDate)
FROM queue.Customers
UNION ALL
SELECT 'CustomerAccounts', COUNT(*),
       (SELECT COUNT(*) FROM dbo.CustomerAccounts WHERE ModifiedDate > @start),
       MAX(ModifiedDate)
FROM queue.CustomerAccounts
UNION ALL
SELECT 'CustomerSites', COUNT(*),
       (SELECT COUNT(*) FROM dbo.CustomerSites WHERE ModifiedDate > @start),
       MAX(ModifiedDate)
FROM queue.CustomerSites;
