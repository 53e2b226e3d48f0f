-- Effects of a step that wait since their pipeline ran in shadow: their target is looked at before they are done. In:
-- @pipeline, @step, @target (null: any), @after, @limit.
SELECT e.effect_id, e.item_id, e.item_key, e.order_id, e.change_set_id, e.target, e.attempts, e.generation, e.request,
       e.next_try_utc, e.accepted_utc, e.created_utc
FROM etl.shadow_call AS c JOIN etl.effect AS e ON e.effect_id = c.effect_id
WHERE c.pipeline = @pipeline AND c.step = @step AND c.state = 'open' AND c.effect_id > @after
  AND e.state = 'pending' AND (@target IS NULL OR e.target = @target)
ORDER BY e.effect_id LIMIT @limit;
