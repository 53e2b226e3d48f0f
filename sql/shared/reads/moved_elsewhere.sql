-- Which of these orders another status step has on its way. In: @pipeline and @step (the other one), @order_ids (JSON).
SELECT order_id FROM etl.effect
WHERE pipeline = @pipeline AND step = @step AND state = 'sending'
  AND order_id IN (SELECT value FROM OPENJSON(@order_ids));
