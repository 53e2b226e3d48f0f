-- Role orderferry_run, in the database of the state, for everything but migrate: rows of the schema etl, and ALTER on
-- the six frozen tables, which get the columns that the source has and they lack.
-- Run it after "orderferry migrate", and again after each that makes a table, as the owner of the database, then:
-- ALTER ROLE orderferry_run ADD MEMBER <user>;
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = 'orderferry_run') CREATE ROLE orderferry_run;
GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::etl TO orderferry_run;
GRANT ALTER ON OBJECT::etl.frozen_Orders TO orderferry_run;
GRANT ALTER ON OBJECT::etl.frozen_OrderDetails TO orderferry_run;
GRANT ALTER ON OBJECT::etl.frozen_Payments TO orderferry_run;
GRANT ALTER ON OBJECT::etl.frozen_Customers TO orderferry_run;
GRANT ALTER ON OBJECT::etl.frozen_CustomerAccounts TO orderferry_run;
GRANT ALTER ON OBJECT::etl.frozen_CustomerSites TO orderferry_run;
