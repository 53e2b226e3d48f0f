-- frozen -> transformed, only when every frozen item has its verdict. In: @batch_id. Out: 1 row, or 0 when items
-- are missing: the transform is not finished, or lost some.
UPDATE etl.batch SET state = 'transformed'
WHERE batch_id = @batch_id AND state = 'frozen'
  AND items_frozen = (SELECT COUNT(*) FROM etl.item AS i WHERE i.batch_id = @batch_id AND i.state <> 'new');
