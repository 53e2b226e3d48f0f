-- pending -> sending for the next effects of a step that are due. In: @pipeline, @step, @token, @now, @absence_proves_utc
-- (before it, not seeing the effect proves nothing), @limit. Out: effects claimed.
UPDATE etl.effect SET state = 'sending', token = @token, next_try_utc = @absence_proves_utc
OUTPUT inserted.effect_id, inserted.item_id, inserted.order_id, inserted.attempts
WHERE effect_id IN (SELECT TOP (@limit) e.effect_id FROM etl.effect AS e
                    WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending'
                      AND (e.next_try_utc IS NULL OR e.next_try_utc <= @now)
                    ORDER BY e.effect_id);
