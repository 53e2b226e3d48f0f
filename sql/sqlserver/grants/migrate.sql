-- Role orderferry_migrate, in the database of the state: owns the schema etl, for "orderferry migrate" alone. It can
-- make and alter tables there and in no other schema, and needs nothing of dbo and queue.
-- Run it before the first migrate, as the owner of the database, then:
-- ALTER ROLE orderferry_migrate ADD MEMBER <user>;
CREATE ROLE orderferry_migrate;
IF SCHEMA_ID('etl') IS NULL EXEC('CREATE SCHEMA etl AUTHORIZATION orderferry_migrate');
GRANT CREATE TABLE TO orderferry_migrate;
