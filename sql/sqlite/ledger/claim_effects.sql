-- pending -> sending for the next effects of a step that are due. In: @pipeline, @step, @token, @now, @absence_proves_utc
-- (before it, not seeing the effect proves nothing), @limit. Out: effects claimed.
UPDATE etl.effect SET state = 'sending', token = @token, next_try_utc = @absence_proves_utc
WHERE effect_id IN (SELECT effect_id FROM etl.effect
                    WHERE pipeline = @pipeline AND step = @step AND state = 'pending'
                      AND (next_try_utc IS NULL OR next_try_utc <= @now)
                    ORDER BY effect_id LIMIT @limit)
RETURNING effect_id, item_id, order_id, attempts;
