-- Empties subjects and errors of mails of these orders; keys, recipients at the 3PL and times stay. In: @order_ids (JSON),
-- @removed.
UPDATE etl.mail SET subject = @removed, last_error = NULL
WHERE order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND (subject <> @removed OR last_error IS NOT NULL);
