-- Role orderferry_sync, in the database with the sync tables: to read them and to execute queue.Refresh, nothing else.
-- SELECT on the schema queue and not on its tables, because the procedure may drop and make them anew. What the
-- procedure itself needs is its own: the vendor's runs as its owner.
-- Run it as the owner of the database, then: ALTER ROLE orderferry_sync ADD MEMBER <user>;
CREATE ROLE orderferry_sync;
GRANT SELECT ON OBJECT::dbo.Orders TO orderferry_sync;
GRANT SELECT ON OBJECT::dbo.OrderDetails TO orderferry_sync;
GRANT SELECT ON OBJECT::dbo.Payments TO orderferry_sync;
GRANT SELECT ON OBJECT::dbo.Customers TO orderferry_sync;
GRANT SELECT ON OBJECT::dbo.CustomerAccounts TO orderferry_sync;
GRANT SELECT ON OBJECT::dbo.CustomerSites TO orderferry_sync;
GRANT SELECT ON SCHEMA::queue TO orderferry_sync;
GRANT EXECUTE ON OBJECT::queue.Refresh TO orderferry_sync;
