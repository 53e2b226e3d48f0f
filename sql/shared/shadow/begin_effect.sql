-- pending -> sending for an effect whose outcome its target has shown, right before its receipt in the same transaction.
-- In: @effect_id, @token.
UPDATE etl.effect SET state = 'sending', token = @token WHERE effect_id = @effect_id AND state = 'pending';
