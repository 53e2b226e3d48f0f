-- A cycle that was left is over: merged into a newer one, or given up. In: @entry, @due, @token (newer than its own),
-- @state (merged | failed), @detail (JSON), @now.
UPDATE etl.cycle SET state = @state, ended_utc = @now, detail = @detail
WHERE entry = @entry AND due_utc = @due AND token < @token AND state IN ('running', 'stopped');
