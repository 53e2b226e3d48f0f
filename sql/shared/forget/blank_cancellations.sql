-- Empties the words of 3PLs about cancellations of these orders; what they answered, and when, stays. In: @order_ids
-- (JSON), @removed.
UPDATE etl.cancellation SET evidence = @removed
WHERE order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND evidence IS NOT NULL AND evidence <> @removed;
