-- A row of a 3PL's file that has an item, and its file. In: @file_id, @line.
SELECT f.file_id, f.name, f.kind, f.three_pl, f.claimed_utc, r.line, r.code, r.fault
FROM etl.inbox_row AS r JOIN etl.inbox_file AS f ON f.file_id = r.file_id
WHERE r.file_id = @file_id AND r.line = @line;
