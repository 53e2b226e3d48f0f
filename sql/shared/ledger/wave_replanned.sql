-- sending -> planned: nothing was published and nothing will be; the newest versions decide at the next try.
-- In: @wave_id, @next_try_utc, @error.
UPDATE etl.wave SET state = 'planned', orders = NULL, rows = NULL, bytes = NULL, sha256 = NULL, token = NULL, place = NULL,
                    next_try_utc = @next_try_utc, last_error = @error
WHERE wave_id = @wave_id AND state IN ('planned', 'sending');
