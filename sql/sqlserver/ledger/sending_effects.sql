-- Effects that are on their way or of unknown outcome, a page at a time. In: @pipeline, @step, @after, @limit.
SELECT TOP (@limit) effect_id, item_id, order_id, attempts, next_try_utc FROM etl.effect
WHERE pipeline = @pipeline AND step = @step AND state = 'sending' AND effect_id > @after
ORDER BY effect_id;
