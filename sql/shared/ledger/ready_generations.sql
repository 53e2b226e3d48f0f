-- Versions of these orders that are ready and have not left yet. In: @pipeline, @order_ids (JSON). Out: order_id, generation.
SELECT order_id, MAX(generation) AS generation FROM etl.item
WHERE pipeline = @pipeline AND state = 'ready' AND order_id IN (SELECT value FROM OPENJSON(@order_ids))
GROUP BY order_id;
