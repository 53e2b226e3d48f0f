-- Every item of these orders, oldest first. In: @order_ids (JSON).
SELECT order_id, item_key, pipeline, item_id, state, target, code, generation, created_utc, settled_utc, resolution
FROM etl.item WHERE order_id IN (SELECT value FROM OPENJSON(@order_ids))
ORDER BY item_id;
