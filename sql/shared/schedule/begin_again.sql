-- A cycle that was stopped, or whose process ended, is taken up. In: @entry, @due, @token, @holder, @now.
UPDATE etl.cycle
SET state = 'running', begun = begun + 1, token = @token, holder = @holder, claimed_utc = @now, ended_utc = NULL, detail = NULL
WHERE entry = @entry AND due_utc = @due AND state IN ('running', 'stopped') AND token < @token;
