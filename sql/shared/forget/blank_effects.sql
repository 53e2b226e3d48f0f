-- Empties what was sent and said for these orders and keys. In: @order_ids, @item_keys (JSON).
UPDATE etl.effect SET request = NULL, last_error = NULL
WHERE (request IS NOT NULL OR last_error IS NOT NULL)
  AND (order_id IN (SELECT value FROM OPENJSON(@order_ids)) OR item_key IN (SELECT value FROM OPENJSON(@item_keys)));
