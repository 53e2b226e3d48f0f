-- The 3PL has answered: what waited for it may be done. In: @effect_ids (JSON), @waits (the time that is never due).
UPDATE etl.effect SET next_try_utc = NULL
WHERE state = 'pending' AND next_try_utc = @waits
  AND effect_id IN (SELECT value FROM OPENJSON(@effect_ids));
