-- Effects of a step that are on their way or of unknown outcome, a page at a time. In: @pipeline, @step, @target (null:
-- any), @after, @limit.
SELECT effect_id, item_id, item_key, order_id, change_set_id, target, attempts, generation, request, next_try_utc
FROM etl.effect
WHERE pipeline = @pipeline AND step = @step AND state = 'sending' AND effect_id > @after
  AND (@target IS NULL OR target = @target)
ORDER BY effect_id LIMIT @limit;
