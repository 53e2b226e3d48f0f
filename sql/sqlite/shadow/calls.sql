-- Calls that a pipeline did not make in shadow, in the order in which they were planned. In: @pipeline, @from, @to (UTC, when
-- they were planned, the end excluded), @after, @limit.
SELECT c.effect_id, c.step, c.item_key, c.order_id, c.operation, c.fields, c.state, c.shown, c.planned_utc, c.looked_utc,
       e.state AS effect_state
FROM etl.shadow_call AS c LEFT JOIN etl.effect AS e ON e.effect_id = c.effect_id
WHERE c.pipeline = @pipeline AND c.planned_utc >= @from AND c.planned_utc < @to AND c.effect_id > @after
ORDER BY c.effect_id LIMIT @limit;
