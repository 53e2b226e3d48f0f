-- A file that cannot be read (aside), or is nowhere (gone). In: @file_id, @state, @code, @reason, @now.
UPDATE etl.inbox_file
SET state = @state, code = @code, reason = @reason, settled_utc = @now, good = 0, faulty = 0, repeated = 0
WHERE file_id = @file_id AND (state = 'claimed' OR state = 'archived');
