-- The orders that the file of a change set says something new of, a page at a time. In: @change_set_id, @after, @limit.
SELECT DISTINCT r.order_id FROM etl.inbox_file AS f JOIN etl.inbox_row AS r ON r.file_id = f.file_id
WHERE f.change_set_id = @change_set_id AND r.code IS NULL AND r.repeats = 0 AND r.order_id > @after
ORDER BY r.order_id LIMIT @limit;
