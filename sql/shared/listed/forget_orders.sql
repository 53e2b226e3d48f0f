-- Takes back what an earlier page showed of these orders, payments and customers: the last page counts. The tables are
-- the work tables of a freeze from the API. In: @order_ids, @payment_ids, @customer_ids (JSON).
DELETE FROM dbo.Orders WHERE OrderID IN (SELECT value FROM OPENJSON(@order_ids));
DELETE FROM dbo.OrderDetails WHERE OrderID IN (SELECT value FROM OPENJSON(@order_ids));
DELETE FROM dbo.Payments WHERE OrderID IN (SELECT value FROM OPENJSON(@order_ids));
DELETE FROM dbo.Payments WHERE PaymentID IN (SELECT value FROM OPENJSON(@payment_ids));
DELETE FROM dbo.Customers WHERE CustomerID IN (SELECT value FROM OPENJSON(@customer_ids));
