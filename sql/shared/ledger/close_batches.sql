-- transformed -> closed for every batch of the pipeline whose items are all settled. Counts the items itself;
-- the CHECK closed_batch_balances refuses a batch that does not add up. In: @pipeline, @now. Out: batches closed.
-- The second word on the state is that of the index batch_open; without it all batches that ever were are read.
UPDATE etl.batch
SET state = 'closed', closed_utc = @now,
    delivered = (SELECT COUNT(*) FROM etl.item AS i WHERE i.batch_id = etl.batch.batch_id AND i.state = 'delivered'),
    excluded  = (SELECT COUNT(*) FROM etl.item AS i WHERE i.batch_id = etl.batch.batch_id AND i.state = 'excluded'),
    held      = (SELECT COUNT(*) FROM etl.item AS i WHERE i.batch_id = etl.batch.batch_id AND i.state = 'held'),
    failed    = (SELECT COUNT(*) FROM etl.item AS i WHERE i.batch_id = etl.batch.batch_id AND i.state = 'failed')
WHERE pipeline = @pipeline AND state = 'transformed' AND state <> 'closed'
  AND NOT EXISTS (SELECT 1 FROM etl.item AS i
                  WHERE i.batch_id = etl.batch.batch_id AND i.state IN ('new', 'ready', 'loading'));
