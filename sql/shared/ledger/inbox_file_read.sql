-- How far a file was read. In: @file_id, @lines_read, @good, @faulty, @repeated (all so far).
UPDATE etl.inbox_file
SET lines_read = @lines_read, good = @good, faulty = @faulty, repeated = @repeated
WHERE file_id = @file_id AND state = 'archived';
