-- A clock was ahead: what it decided for the future is due again. In: @entry, @now, @before (as it was read).
UPDATE etl.schedule SET decided_utc = @now WHERE entry = @entry AND decided_utc = @before;
