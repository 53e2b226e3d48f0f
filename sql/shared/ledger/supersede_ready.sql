-- Older versions that still wait to leave give way to the newest one. In: @pipeline, @batch_id (the newer), @order_ids (JSON), @now.
UPDATE etl.item SET state = 'excluded', code = 'SUPERSEDED', reason = @reason, settled_utc = @now
WHERE pipeline = @pipeline AND state = 'ready' AND batch_id <> @batch_id
  AND order_id IN (SELECT value FROM OPENJSON(@order_ids));
