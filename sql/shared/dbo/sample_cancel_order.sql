-- Cancels an order of the sample tenant, as an operator would.
-- In:  @order, @modified (US Central text).
-- Out: one row of dbo.Orders, status Canceled (4).
UPDATE dbo.Orders
SET OrderStatusID = 4, ModifiedDate = @modified, ModifiedBy = 'service desk'
WHERE OrderID = @order;
