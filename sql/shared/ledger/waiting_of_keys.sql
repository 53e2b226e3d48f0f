-- What waits for an answer of marketplace orders. In: @pipeline, @item_keys (JSON texts).
SELECT item_id, item_key FROM etl.item
WHERE pipeline = @pipeline AND order_id IS NULL AND item_key IN (SELECT value FROM OPENJSON(@item_keys))
  AND state IN ('held', 'failed') AND resolution IS NULL;
