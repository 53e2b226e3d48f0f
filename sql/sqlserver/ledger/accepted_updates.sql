-- Updates that a store has taken and whose marketplace is to be asked again. In: @pipeline, @step, @target,
-- @now, @after, @limit.
SELECT TOP (@limit) e.effect_id, e.item_id, e.order_id, e.item_key, e.generation, e.attempts, e.request, e.next_try_utc,
       e.accepted_utc
FROM etl.effect AS e
WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'accepted' AND e.target = @target AND e.effect_id > @after
  AND (e.next_try_utc IS NULL OR e.next_try_utc <= @now)
ORDER BY e.effect_id;
