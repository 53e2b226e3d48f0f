-- Empties the words of 3PLs about these orders; what happened to which line, and the tracking numbers, stay.
-- In: @order_ids (JSON), @removed.
UPDATE etl.inbox_row SET said = NULL, raw = NULL, fault = CASE WHEN code IS NULL THEN NULL ELSE @removed END
WHERE order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND (said IS NOT NULL OR raw IS NOT NULL OR fault IS NOT NULL);
