-- Orders of a customer that were frozen and still are. In: @customer_id.
SELECT DISTINCT OrderID AS order_id FROM etl.frozen_Orders WHERE CustomerID = @customer_id ORDER BY OrderID;
