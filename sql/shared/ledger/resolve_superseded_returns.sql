-- Returns that waited, and have a newer verdict. In: @pipeline, @batch_id (the newer), @order_ids, @item_keys (JSON), @now.
UPDATE etl.item SET resolution = 'SUPERSEDED', resolved_utc = @now
WHERE pipeline = @pipeline AND state IN ('held', 'failed') AND resolution IS NULL AND batch_id <> @batch_id
  AND order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND item_key IN (SELECT value FROM OPENJSON(@item_keys));
