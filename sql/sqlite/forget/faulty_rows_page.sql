-- Rows of 3PLs' files that could not be used, a page at a time. In: @file_id, @line (after these), @limit.
SELECT r.file_id, r.line, r.raw, r.said, r.fault, f.archive FROM etl.inbox_row AS r
JOIN etl.inbox_file AS f ON f.file_id = r.file_id
WHERE r.code IS NOT NULL AND (r.file_id > @file_id OR (r.file_id = @file_id AND r.line > @line))
ORDER BY r.file_id, r.line LIMIT @limit;
