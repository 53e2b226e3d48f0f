-- Updates for a store that are on their way or of unknown outcome. In: @pipeline, @step, @target,
-- @after, @limit.
SELECT TOP (@limit) e.effect_id, e.item_id, e.order_id, e.item_key, e.generation, e.attempts, e.request, e.next_try_utc,
       e.accepted_utc
FROM etl.effect AS e
WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'sending' AND e.target = @target AND e.effect_id > @after
ORDER BY e.effect_id;
