-- The database of docker-compose.yml, and the login that owns it; run by sqlcmd as sa, once or again. $(NAME) is
-- sqlcmd's: the value of that environment variable. A new password in the environment becomes the login's.
SET NOCOUNT ON;
IF DB_ID('ferry') IS NULL CREATE DATABASE ferry;
GO
IF SUSER_ID('ferry') IS NULL
  CREATE LOGIN ferry WITH PASSWORD = N'$(SQLSERVER_PASSWORD)';
ELSE
  ALTER LOGIN ferry WITH PASSWORD = N'$(SQLSERVER_PASSWORD)';
GO
ALTER AUTHORIZATION ON DATABASE::ferry TO ferry;
GO
