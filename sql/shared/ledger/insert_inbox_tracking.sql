-- A second or later tracking number of a row, for the search. In: @number, @file_id, @line.
INSERT INTO etl.inbox_tracking (number, file_id, line) VALUES (@number, @file_id, @line);
