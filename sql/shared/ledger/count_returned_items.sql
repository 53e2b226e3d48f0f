-- How many items a file with returned goods makes: see ledger/insert_returned_items. In: @file_id, @three_pl, @pipeline.
SELECT COUNT(*) AS items FROM (
  SELECT CONCAT('return/', r.order_id, '/', r.file_id) AS item_key
  FROM etl.inbox_row AS r
  WHERE r.file_id = @file_id AND r.code IS NULL AND r.repeats = 0 AND r.answer = 'returned'
  UNION
  SELECT i.item_key FROM etl.item AS i
  WHERE i.pipeline = @pipeline AND i.state = 'held' AND i.resolution IS NULL AND i.target = @three_pl
    AND i.code IN ('RETURN_NOT_SHIPPED', 'MORE_THAN_SHIPPED')
    AND i.order_id IN (SELECT r.order_id FROM etl.inbox_row AS r
                       WHERE r.file_id = @file_id AND r.code IS NULL AND r.repeats = 0 AND r.answer = 'shipped')
) AS n;
