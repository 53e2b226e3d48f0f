-- The items of a file of a 3PL for the pipeline of returns, without their verdicts: what it says came back, an order each;
-- and what waits because less was shipped so far, where this file says that more was. In: @batch_id, @pipeline, @file_id,
-- @three_pl, @now.
INSERT INTO etl.item (batch_id, pipeline, item_key, order_id, change_set_id, generation, state, created_utc)
SELECT @batch_id, @pipeline, n.item_key, n.order_id, n.change_set_id, 1, 'new', @now FROM (
  SELECT CONCAT('return/', r.order_id, '/', r.file_id) AS item_key, r.order_id, f.change_set_id
  FROM etl.inbox_row AS r JOIN etl.inbox_file AS f ON f.file_id = r.file_id
  WHERE r.file_id = @file_id AND r.code IS NULL AND r.repeats = 0 AND r.answer = 'returned'
  UNION
  SELECT i.item_key, i.order_id, i.change_set_id FROM etl.item AS i
  WHERE i.pipeline = @pipeline AND i.state = 'held' AND i.resolution IS NULL AND i.target = @three_pl
    AND i.code IN ('RETURN_NOT_SHIPPED', 'MORE_THAN_SHIPPED')
    AND i.order_id IN (SELECT r.order_id FROM etl.inbox_row AS r
                       WHERE r.file_id = @file_id AND r.code IS NULL AND r.repeats = 0 AND r.answer = 'shipped')
) AS n
ORDER BY n.change_set_id, n.order_id;
