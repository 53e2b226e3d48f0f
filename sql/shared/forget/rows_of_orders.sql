-- Frozen rows of these orders, whole. In: @order_ids (JSON).
SELECT * FROM etl.frozen_Orders WHERE OrderID IN (SELECT value FROM OPENJSON(@order_ids));
