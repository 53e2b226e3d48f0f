-- Status of these orders in the sync database. In: @order_ids (JSON). Out: OrderID, OrderStatusID.
SELECT OrderID, OrderStatusID FROM dbo.Orders WHERE OrderID IN (SELECT value FROM OPENJSON(@order_ids));
