-- Empties what calls that were not made would have carried, for these orders and keys. In: @order_ids, @item_keys (JSON).
UPDATE etl.shadow_call SET fields = '{}', shown = NULL
WHERE (fields <> '{}' OR shown IS NOT NULL)
  AND (order_id IN (SELECT value FROM OPENJSON(@order_ids)) OR item_key IN (SELECT value FROM OPENJSON(@item_keys)));
