-- Empties what was sent and said for these orders and keys; a 3PL's answer to a cancellation is its words, which are the
-- receipt of that step. In: @order_ids, @item_keys (JSON), @removed.
UPDATE etl.effect SET request = NULL, last_error = NULL,
                      receipt = CASE WHEN step = 'canceled' AND receipt IS NOT NULL THEN @removed ELSE receipt END
WHERE (request IS NOT NULL OR last_error IS NOT NULL
       OR (step = 'canceled' AND receipt IS NOT NULL AND receipt <> @removed))
  AND (order_id IN (SELECT value FROM OPENJSON(@order_ids)) OR item_key IN (SELECT value FROM OPENJSON(@item_keys)));
