-- Notes why an uploaded wave could not be published yet. In: @wave_id, @next_try_utc, @error.
UPDATE etl.wave SET next_try_utc = @next_try_utc, last_error = @error WHERE wave_id = @wave_id;
