-- The indexes that docs/sql-server.md advises for the sync tables, which says what each is for.
CREATE INDEX IX_Orders_ModifiedDate ON dbo.Orders (ModifiedDate);
CREATE INDEX IX_Orders_OrderStatusID ON dbo.Orders (OrderStatusID, OrderID) INCLUDE (ModifiedDate);
CREATE INDEX IX_Payments_OrderID ON dbo.Payments (OrderID);
CREATE INDEX IX_Payments_ModifiedDate ON dbo.Payments (ModifiedDate);
CREATE INDEX IX_Customers_ModifiedDate ON dbo.Customers (ModifiedDate);
CREATE INDEX IX_CustomerAccounts_ModifiedDate ON dbo.CustomerAccounts (ModifiedDate);
CREATE INDEX IX_CustomerSites_ModifiedDate ON dbo.CustomerSites (ModifiedDate);
