-- Which of these orders there are. In: @order_ids (JSON).
SELECT order_id FROM etl.aggregate_version WHERE order_id IN (SELECT value FROM OPENJSON(@order_ids))
UNION
SELECT exigo_order_id FROM etl.order_link WHERE exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids));
