-- held -> failed: a person leaves a held hand-over as it is. In: @effect_id, @fingerprint, @change_set_id (the version
-- that the target is taken to know), @reason.
UPDATE etl.effect SET state = 'failed', fingerprint = @fingerprint, change_set_id = @change_set_id, last_error = @reason
WHERE effect_id = @effect_id AND state = 'held';
