-- pending -> sending for the effect of a step that has been due for longest: one that was tried comes after those that
-- were due before its next try. In: @pipeline, @step, @target (null: any), @token, @now,
-- @absence_proves_utc (before it, not seeing the effect proves nothing). Out: the effect, or none.
UPDATE etl.effect SET state = 'sending', token = @token, next_try_utc = @absence_proves_utc
OUTPUT inserted.effect_id, inserted.item_id, inserted.item_key, inserted.order_id, inserted.change_set_id, inserted.target,
       inserted.attempts, inserted.generation, inserted.request
WHERE effect_id IN (SELECT TOP (1) e.effect_id FROM etl.effect AS e
                    WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending'
                      AND (@target IS NULL OR e.target = @target)
                      AND (e.next_try_utc IS NULL OR e.next_try_utc <= @now)
                    ORDER BY COALESCE(e.next_try_utc, e.created_utc), e.effect_id);
