-- Changes the street of an order of the sample tenant, as an operator would.
-- In:  @order, @address, @modified (US Central text).
-- Out: one row of dbo.Orders.
UPDATE dbo.Orders
SET Address1 = @address, ModifiedDate = @modified, ModifiedBy = 'service desk'
WHERE OrderID = @order;
