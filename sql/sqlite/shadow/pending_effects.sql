-- Effects of a step that wait, and whose target is to be looked at (again), while their pipeline runs in shadow. In:
-- @pipeline, @step, @target (null: any), @now, @after, @limit.
SELECT e.effect_id, e.item_id, e.item_key, e.order_id, e.change_set_id, e.target, e.attempts, e.generation, e.request,
       e.next_try_utc, e.accepted_utc, e.created_utc
FROM etl.effect AS e LEFT JOIN etl.shadow_call AS c ON c.effect_id = e.effect_id
WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending' AND e.effect_id > @after
  AND (@target IS NULL OR e.target = @target)
  AND (c.effect_id IS NULL OR c.state <> 'open' OR c.next_look_utc <= @now)
ORDER BY e.effect_id LIMIT @limit;
