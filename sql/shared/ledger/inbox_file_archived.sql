-- A file has its copy: it is read (archived), or its content was there before (repeated, settled). In: @file_id, @state,
-- @archive, @bytes, @sha256, @reason, @settled (UTC, null for archived).
UPDATE etl.inbox_file
SET state = @state, archive = @archive, bytes = @bytes, sha256 = @sha256, reason = @reason, settled_utc = @settled
WHERE file_id = @file_id AND state = 'claimed';
