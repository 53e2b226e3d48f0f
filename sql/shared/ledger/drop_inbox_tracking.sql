-- Forgets the tracking numbers of a file that is set aside, or of one row of it. In: @file_id, @line (null: all).
DELETE FROM etl.inbox_tracking WHERE file_id = @file_id AND (@line IS NULL OR line = @line);
