-- pending -> sending, with what is sent fixed: the intent. In: @effect_id, @token, @request (JSON), @absence_proves_utc
-- (before it, not seeing the effect proves nothing).
UPDATE etl.effect SET state = 'sending', token = @token, request = @request, next_try_utc = @absence_proves_utc
WHERE effect_id = @effect_id AND state = 'pending';
