-- Calls Exigo's own procedure with a typed start (a date as text would depend on the login's language), inside the
-- caller's transaction. In: @start (US Central text, or NULL: since the vendor's last run).
-- DATETIME moves in steps of 3.33 ms and rounds to the nearest, so it is given 4 ms less: never a later start.
-- Error 51001 when the procedure ended the transaction: what it left cannot be copied in the same one.
DECLARE @from DATETIME;
IF @start IS NOT NULL SET @from = CAST(DATEADD(MILLISECOND, -4, CAST(@start AS DATETIME2(3))) AS DATETIME);
IF @from IS NULL EXEC queue.Refresh ELSE EXEC queue.Refresh @from;
IF @@TRANCOUNT = 0 THROW 51001, 'queue.Refresh ended the transaction it was called in; nothing was frozen', 1;
