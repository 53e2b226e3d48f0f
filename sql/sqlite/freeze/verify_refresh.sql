-- Whether the snapshot holds at least what dbo holds for the same start: an answer that falls short is a
-- failure, not a success. In: @start. Out: one row per table: table_name, in_queue, in_dbo, newest.
SELECT 'Orders' AS table_name, (SELECT COUNT(*) FROM queue.Orders) AS in_queue,
       (SELECT COUNT(*) FROM dbo.Orders WHERE ModifiedDate > @start) AS in_dbo,
       (SELECT MAX(ModifiedDate) FROM queue.Orders) AS newest
UNION ALL
SELECT 'Payments', (SELECT COUNT(*) FROM queue.Payments),
       (SELECT COUNT(*) FROM dbo.Payments WHERE ModifiedDate > @start),
       (SELECT MAX(ModifiedDate) FROM queue.Payments)
UNION ALL
SELECT 'Customers', (SELECT COUNT(*) FROM queue.Customers),
       (SELECT COUNT(*) FROM dbo.Customers WHERE ModifiedDate > @start),
       (SELECT MAX(ModifiedDate) FROM queue.Customers)
UNION ALL
SELECT 'CustomerAccounts', (SELECT COUNT(*) FROM queue.CustomerAccounts),
       (SELECT COUNT(*) FROM dbo.CustomerAccounts WHERE ModifiedDate > @start),
       (SELECT MAX(ModifiedDate) FROM queue.CustomerAccounts)
UNION ALL
SELECT 'CustomerSites', (SELECT COUNT(*) FROM queue.CustomerSites),
       (SELECT COUNT(*) FROM dbo.CustomerSites WHERE ModifiedDate > @start),
       (SELECT MAX(ModifiedDate) FROM queue.CustomerSites);
