-- What was due up to @decided has its cycle. In: @entry, @decided, @before (as it was read), @asked (as it was read, or
-- null). Out: 1 row, or 0 when another process was quicker.
UPDATE etl.schedule SET decided_utc = @decided, asked_utc = NULL
WHERE entry = @entry AND decided_utc = @before AND (asked_utc = @asked OR (asked_utc IS NULL AND @asked IS NULL));
