-- Indexes the sync tables of a tenant usually have; each batch of these runs once.
CREATE INDEX IX_Orders_ModifiedDate ON dbo.Orders (ModifiedDate);
CREATE INDEX IX_Orders_OrderStatusID ON dbo.Orders (OrderStatusID, OrderID);
CREATE INDEX IX_Payments_ModifiedDate ON dbo.Payments (ModifiedDate);
CREATE INDEX IX_Payments_OrderID ON dbo.Payments (OrderID);
CREATE INDEX IX_Customers_ModifiedDate ON dbo.Customers (ModifiedDate);
