-- Rows of the file of a change set that cannot be used and have no item in a batch yet. In: @change_set_id, @batch_id, @limit.
SELECT TOP (@limit) f.file_id, f.name, f.three_pl, r.line, r.code, r.fault
FROM etl.inbox_file AS f JOIN etl.inbox_row AS r ON r.file_id = f.file_id
WHERE f.change_set_id = @change_set_id AND r.code IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM etl.item AS i
                  WHERE i.batch_id = @batch_id AND i.item_key = CONCAT('inbox/', r.file_id, '/', r.line))
ORDER BY r.line;
