-- A file was read to its end, and its change set is there. In: @file_id, @change_set_id, @now.
UPDATE etl.inbox_file SET state = 'frozen', change_set_id = @change_set_id, settled_utc = @now
WHERE file_id = @file_id AND state = 'archived';
