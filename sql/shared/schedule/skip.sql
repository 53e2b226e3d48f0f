-- @times cycles were due while an older one ran. In: @entry, @decided (the newest of them), @before (as it was read),
-- @now, @times. Out: 1 row, or 0 when another process has counted them, or none runs any more.
UPDATE etl.schedule SET decided_utc = @decided, skipped = skipped + @times, skipped_utc = @decided
WHERE entry = @entry AND decided_utc = @before
  AND EXISTS (SELECT 1 FROM etl.cycle AS c WHERE c.entry = @entry AND c.state = 'running' AND c.claimed_utc <= @decided);
