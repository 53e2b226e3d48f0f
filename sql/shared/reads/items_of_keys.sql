-- Every item of these marketplace orders, oldest first. In: @item_keys (JSON texts without characters that JSON escapes).
SELECT order_id, item_key, pipeline, item_id, state, target, code, generation, created_utc, settled_utc, resolution
FROM etl.item WHERE order_id IS NULL AND item_key IN (SELECT value FROM OPENJSON(@item_keys))
ORDER BY item_id;
