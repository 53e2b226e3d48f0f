-- A row of a file. In: @key, @file, @line, @cells (JSON).
INSERT INTO theirs (key, file, line, cells) VALUES (@key, @file, @line, @cells);
