-- queue.Refresh [startDate]: a reference of the vendor's documented procedure (exigo.md section 4.2), for people who
-- try Orderferry without an Exigo tenant. First run: the last 24 hours; later runs: since the run before; a date
-- overrides once; each run replaces the six queue tables.
CREATE PROCEDURE queue.Refresh @startDate DATETIME = NULL
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @now DATETIME = CAST(SYSUTCDATETIME() AT TIME ZONE 'UTC' AT TIME ZONE 'Central Standard Time' AS DATETIME);
  DECLARE @from DATETIME = COALESCE(@startDate, (SELECT RunDate FROM queue.Bookmark), DATEADD(HOUR, -24, @now));
  DROP TABLE IF EXISTS queue.Customers;
  SELECT * INTO queue.Customers FROM dbo.Customers WHERE ModifiedDate >= @from;
  DROP TABLE IF EXISTS queue.Orders;
  SELECT * INTO queue.Orders FROM dbo.Orders WHERE ModifiedDate >= @from;
  DROP TABLE IF EXISTS queue.OrderDetails;
  SELECT d.* INTO queue.OrderDetails FROM dbo.OrderDetails AS d JOIN queue.Orders AS o ON o.OrderID = d.OrderID;
  DROP TABLE IF EXISTS queue.Payments;
  SELECT * INTO queue.Payments FROM dbo.Payments WHERE ModifiedDate >= @from;
  DROP TABLE IF EXISTS queue.CustomerAccounts;
  SELECT * INTO queue.CustomerAccounts FROM dbo.CustomerAccounts WHERE ModifiedDate >= @from;
  DROP TABLE IF EXISTS queue.CustomerSites;
  SELECT * INTO queue.CustomerSites FROM dbo.CustomerSites WHERE ModifiedDate >= @from;
  DELETE FROM queue.Bookmark;
  INSERT INTO queue.Bookmark (StartDate, RunDate) VALUES (@from, @now);
END
