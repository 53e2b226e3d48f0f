-- One process migrates at a time, until the transaction ends. Error 51002 when the other one takes over a minute.
DECLARE @got INT;
EXEC @got = sp_getapplock @Resource = 'orderferry/migrate', @LockMode = 'Exclusive', @LockOwner = 'Transaction',
  @LockTimeout = 60000;
IF @got < 0 THROW 51002, 'another process is migrating this database; wait until it is done and try again', 1;
