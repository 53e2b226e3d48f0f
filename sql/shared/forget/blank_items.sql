-- Empties the reasons of these orders and keys. In: @order_ids, @item_keys (JSON), @removed (stands where a text must be).
UPDATE etl.item SET reason = @removed
WHERE reason IS NOT NULL AND reason <> @removed
  AND (order_id IN (SELECT value FROM OPENJSON(@order_ids))
       OR (order_id IS NULL AND item_key IN (SELECT value FROM OPENJSON(@item_keys))));
