-- Calls Exigo's own procedure with a typed start (a date as text would depend on the login's language), inside the
-- caller's transaction. In: @start (US Central text, or NULL: since the vendor's last run).
-- DATETIME moves in steps of 3.33 ms and rounds to the nearest, so it is given 4 ms less: never a later start.
-- Error 51001 when the procedure left another transaction than it was called in: what it left cannot be copied in the
-- same one. The count alone would not tell a COMMIT that is followed by a BEGIN; a lock that lives as long as our
-- transaction does. The procedure runs with XACT_ABORT off, as it does for its maker: what it catches itself is its own
-- business, what it does not catch reaches us as an error, and we roll back. The lock is a shared one under a name of
-- our own: nobody waits for it.
DECLARE @from DATETIME;
IF @start IS NOT NULL SET @from = CAST(DATEADD(MILLISECOND, -4, CAST(@start AS DATETIME2(3))) AS DATETIME);
DECLARE @open INT = @@TRANCOUNT;
EXEC sp_getapplock @Resource = 'orderferry/refresh', @LockMode = 'Shared', @LockOwner = 'Transaction', @LockTimeout = 0;
SET XACT_ABORT OFF;
IF @from IS NULL EXEC queue.Refresh ELSE EXEC queue.Refresh @from;
IF @@TRANCOUNT <> @open OR APPLOCK_MODE('public', 'orderferry/refresh', 'Transaction') <> 'Shared'
  THROW 51001, 'queue.Refresh ended the transaction it was called in', 1;
