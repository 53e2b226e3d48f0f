-- sending -> pending: it is proven that nothing was done. In: @effect_ids (JSON), @next_try_utc, @error.
UPDATE etl.effect SET state = 'pending', token = NULL, next_try_utc = @next_try_utc, last_error = @error
WHERE state = 'sending' AND effect_id IN (SELECT value FROM OPENJSON(@effect_ids));
