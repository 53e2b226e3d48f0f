-- Versions of these orders that have not left yet: ready ones, and resends that are held and wait. In: @pipeline,
-- @order_ids (JSON). Out: order_id, generation; an order may come twice.
SELECT order_id, MAX(generation) AS generation FROM etl.item
WHERE pipeline = @pipeline AND state = 'ready' AND order_id IN (SELECT value FROM OPENJSON(@order_ids))
GROUP BY order_id
UNION ALL
SELECT order_id, generation FROM etl.item
WHERE pipeline = @pipeline AND (state = 'held' OR state = 'failed') AND resolution IS NULL AND generation > 1
  AND order_id IN (SELECT value FROM OPENJSON(@order_ids));
