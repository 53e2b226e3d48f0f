-- Forgets what was read of a file that is set aside. In: @file_id.
DELETE FROM etl.inbox_row WHERE file_id = @file_id;
