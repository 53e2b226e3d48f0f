-- An effect that was looked at is due at once. In: @effect_id.
UPDATE etl.effect SET next_try_utc = NULL WHERE effect_id = @effect_id AND state = 'pending' AND next_try_utc IS NOT NULL;
