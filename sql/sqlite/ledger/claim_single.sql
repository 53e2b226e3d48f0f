-- pending -> sending for the effect of a step that has been due for longest: one that was tried comes after those that
-- were due before its next try. In: @pipeline, @step, @target (null: any), @token, @now,
-- @absence_proves_utc (before it, not seeing the effect proves nothing). Out: the effect, or none.
UPDATE etl.effect SET state = 'sending', token = @token, next_try_utc = @absence_proves_utc
WHERE effect_id IN (SELECT effect_id FROM etl.effect
                    WHERE pipeline = @pipeline AND step = @step AND state = 'pending'
                      AND (@target IS NULL OR target = @target)
                      AND (next_try_utc IS NULL OR next_try_utc <= @now)
                    ORDER BY COALESCE(next_try_utc, created_utc), effect_id LIMIT 1)
RETURNING effect_id, item_id, item_key, order_id, change_set_id, target, attempts, generation, request;
