-- A second or later tracking number of a row, for the search; one that differs by case alone is the same where the database
-- says so. In: @number, @file_id, @line.
INSERT INTO etl.inbox_tracking (number, file_id, line)
SELECT @number, @file_id, @line
WHERE NOT EXISTS (SELECT 1 FROM etl.inbox_tracking AS t
                  WHERE t.file_id = @file_id AND t.line = @line AND t.number = @number);
