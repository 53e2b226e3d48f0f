-- The greatest ids in use. In: nothing. Out: order_id, customer_id, payment_id (null without rows).
SELECT (SELECT MAX(o.OrderID) FROM dbo.Orders AS o) AS order_id,
       (SELECT MAX(c.CustomerID) FROM dbo.Customers AS c) AS customer_id,
       (SELECT MAX(p.PaymentID) FROM dbo.Payments AS p) AS payment_id;
