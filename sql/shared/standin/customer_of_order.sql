-- Whose order it is. In: @order_id.
SELECT CustomerID AS customer_id FROM dbo.Orders WHERE OrderID = @order_id;
