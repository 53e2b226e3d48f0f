-- pending -> sending, with what is sent fixed: the intent; never of one for which a newer one exists, as it would
-- overwrite it. In: @effect_id, @token, @request (JSON), @absence_proves_utc (before it, not seeing the effect proves
-- nothing).
UPDATE etl.effect SET state = 'sending', token = @token, request = @request, next_try_utc = @absence_proves_utc
WHERE effect_id = @effect_id AND state = 'pending'
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS n
                  WHERE n.pipeline = etl.effect.pipeline AND n.step = etl.effect.step
                    AND n.item_key = etl.effect.item_key AND n.generation > etl.effect.generation);
