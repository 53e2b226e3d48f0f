-- Notes that an outcome is unknown, and from when on not seeing it proves something. In: @effect_ids (JSON),
-- @absence_proves_utc, @error.
UPDATE etl.effect SET next_try_utc = @absence_proves_utc, last_error = @error
WHERE state = 'sending' AND effect_id IN (SELECT value FROM OPENJSON(@effect_ids));
