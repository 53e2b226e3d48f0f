-- The last frozen versions of these orders, whole. In: @order_ids (JSON).
SELECT f.* FROM etl.frozen_Orders AS f
JOIN etl.aggregate_version AS v ON v.order_id = f.OrderID AND v.change_set_id = f.change_set_id
WHERE f.OrderID IN (SELECT value FROM OPENJSON(@order_ids));
