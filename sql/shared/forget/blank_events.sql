-- Empties the timeline of these orders and keys; times and kinds stay. In: @order_ids, @item_keys (JSON), @removed.
UPDATE etl.event SET message = @removed, detail = NULL
WHERE message <> @removed
  AND (order_id IN (SELECT value FROM OPENJSON(@order_ids)) OR item_key IN (SELECT value FROM OPENJSON(@item_keys)));
