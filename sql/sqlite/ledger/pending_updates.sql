-- Updates for a store that wait to leave and are due, unless an older one of the same order is on its way. In: @pipeline, @step, @target,
-- @now, @after, @limit.
SELECT e.effect_id, e.item_id, e.order_id, e.item_key, e.generation, e.attempts, e.request, e.next_try_utc,
       e.accepted_utc
FROM etl.effect AS e
WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending' AND e.target = @target AND e.effect_id > @after
  AND (e.next_try_utc IS NULL OR e.next_try_utc <= @now)
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS o
                  WHERE o.pipeline = e.pipeline AND o.step = e.step AND o.item_key = e.item_key AND o.state = 'sending')
ORDER BY e.effect_id LIMIT @limit;
