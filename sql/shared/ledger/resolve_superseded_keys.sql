-- Older versions that are held or failed are answered by the newest one. In: @pipeline, @batch_id (the newer),
-- @item_keys (JSON texts), @now.
UPDATE etl.item SET resolution = 'SUPERSEDED', resolved_utc = @now
WHERE pipeline = @pipeline AND state IN ('held', 'failed') AND resolution IS NULL AND batch_id <> @batch_id
  AND order_id IS NULL AND item_key IN (SELECT value FROM OPENJSON(@item_keys));
