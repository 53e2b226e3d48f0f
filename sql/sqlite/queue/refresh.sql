-- queue.Refresh [startDate]: freezes what is new or changed, as the vendor documents its procedure.
-- In:  @start, US Central text or NULL. NULL means: since the run before, or 24 hours on the first run.
--      A date counts for this run alone; the next plain run goes on from this run.
-- Out: the six queue tables, replaced: rows with ModifiedDate >= start, with every column that dbo has now,
--      in key order. Lines have no change stamp, so they come with their orders.
--      queue.Bookmark, one row: where this run started from and when it ran.
-- Runs in the caller's transaction: rolled back, the snapshot and the bookmark of the run before are there.
CREATE TABLE IF NOT EXISTS queue.Bookmark (
  BookmarkID INTEGER NOT NULL PRIMARY KEY CHECK (BookmarkID = 1),
  StartDate TEXT NOT NULL,
  RunDate TEXT NOT NULL
);

-- RunDate on the right is still that of the run before.
INSERT INTO queue.Bookmark (BookmarkID, StartDate, RunDate)
VALUES (1, COALESCE(@start, strftime('%Y-%m-%d %H:%M:%f', exigo_now(), '-24 hours')), exigo_now())
ON CONFLICT (BookmarkID) DO UPDATE SET StartDate = COALESCE(@start, RunDate), RunDate = excluded.RunDate;

-- Dropped and created, not emptied: a column added to dbo since the last run must not be lost. The start is
-- read from the bookmark because CREATE TABLE AS takes no parameters. IN (SELECT key ...) makes the engine
-- read the key from the index first and then walk the table once, in key order.
DROP TABLE IF EXISTS queue.Orders;

CREATE TABLE queue.Orders AS
SELECT * FROM dbo.Orders
WHERE OrderID IN (
  SELECT OrderID FROM dbo.Orders WHERE ModifiedDate >= (SELECT StartDate FROM queue.Bookmark)
);

DROP TABLE IF EXISTS queue.OrderDetails;

CREATE TABLE queue.OrderDetails AS
SELECT * FROM dbo.OrderDetails
WHERE OrderID IN (SELECT OrderID FROM queue.Orders);

DROP TABLE IF EXISTS queue.Customers;

CREATE TABLE queue.Customers AS
SELECT * FROM dbo.Customers
WHERE CustomerID IN (
  SELECT CustomerID FROM dbo.Customers WHERE ModifiedDate >= (SELECT StartDate FROM queue.Bookmark)
);

DROP TABLE IF EXISTS queue.Payments;

CREATE TABLE queue.Payments AS
SELECT * FROM dbo.Payments
WHERE PaymentID IN (
  SELECT PaymentID FROM dbo.Payments WHERE ModifiedDate >= (SELECT StartDate FROM queue.Bookmark)
);

DROP TABLE IF EXISTS queue.CustomerAccounts;

CREATE TABLE queue.CustomerAccounts AS
SELECT * FROM dbo.CustomerAccounts
WHERE CustomerID IN (
  SELECT CustomerID FROM dbo.CustomerAccounts WHERE ModifiedDate >= (SELECT StartDate FROM queue.Bookmark)
);

DROP TABLE IF EXISTS queue.CustomerSites;

CREATE TABLE queue.CustomerSites AS
SELECT * FROM dbo.CustomerSites
WHERE CustomerID IN (
  SELECT CustomerID FROM dbo.CustomerSites WHERE ModifiedDate >= (SELECT StartDate FROM queue.Bookmark)
);
