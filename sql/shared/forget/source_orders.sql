-- Orders of a customer in the sync tables. In: @customer_id.
SELECT OrderID AS order_id FROM dbo.Orders WHERE CustomerID = @customer_id ORDER BY OrderID;
