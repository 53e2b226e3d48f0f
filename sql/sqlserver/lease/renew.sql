-- Fence and renewal in one: every transaction of a holder begins with it.
-- In: @name, @token, @expires_utc. Error 51010 when the lease was taken by somebody else: nothing is written.
UPDATE etl.lease SET expires_utc = @expires_utc WHERE name = @name AND token = @token AND released = 0;
IF @@ROWCOUNT = 0 THROW 51010, 'the lease was taken', 1;
