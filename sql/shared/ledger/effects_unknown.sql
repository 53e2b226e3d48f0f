-- Notes that a call went out whose outcome is unknown (attempts counts these), and from when on not seeing it proves
-- something. In: @effect_ids (JSON), @absence_proves_utc, @error.
UPDATE etl.effect SET attempts = attempts + 1, next_try_utc = @absence_proves_utc, last_error = @error
WHERE state = 'sending' AND effect_id IN (SELECT value FROM OPENJSON(@effect_ids));
