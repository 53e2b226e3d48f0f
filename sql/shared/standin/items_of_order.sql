-- Items of an order. In: @order_id.
SELECT DISTINCT ItemCode AS item_code FROM dbo.OrderDetails WHERE OrderID = @order_id;
