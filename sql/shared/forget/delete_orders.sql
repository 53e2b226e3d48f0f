-- Deletes the frozen rows of these orders. In: @order_ids (JSON). Out: rows of orders.
DELETE FROM etl.frozen_OrderDetails WHERE OrderID IN (SELECT value FROM OPENJSON(@order_ids));
DELETE FROM etl.frozen_Orders WHERE OrderID IN (SELECT value FROM OPENJSON(@order_ids));
