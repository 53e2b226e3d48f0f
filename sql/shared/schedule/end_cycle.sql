-- A cycle ends, unless another process has taken it up. In: @entry, @due, @token, @state (done | failed | stopped),
-- @detail (JSON), @now. Out: 1 row, or 0 when it was taken up.
UPDATE etl.cycle SET state = @state, ended_utc = @now, detail = @detail
WHERE entry = @entry AND due_utc = @due AND token = @token AND state = 'running';
