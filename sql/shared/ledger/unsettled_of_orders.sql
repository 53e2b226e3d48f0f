-- What of these orders is on its way in a pipeline, or waits for an answer. In: @pipeline, @order_ids (JSON).
SELECT item_id, order_id, state, code FROM etl.item
WHERE pipeline = @pipeline AND order_id IN (SELECT value FROM OPENJSON(@order_ids))
  AND (state IN ('new', 'ready', 'loading') OR (state IN ('held', 'failed') AND resolution IS NULL))
ORDER BY item_id;
