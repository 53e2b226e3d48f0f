-- Marketplace orders that wait in the error list are answered: they ended at their marketplace. In: @pipeline (that makes
-- orders), @item_keys (JSON texts), @now.
UPDATE etl.item SET resolution = 'CANCELED', resolved_utc = @now
WHERE pipeline = @pipeline AND state IN ('held', 'failed') AND resolution IS NULL
  AND order_id IS NULL AND item_key IN (SELECT value FROM OPENJSON(@item_keys));
