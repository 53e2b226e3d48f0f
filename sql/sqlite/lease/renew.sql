-- Fence and renewal in one: every transaction of a holder begins with it.
-- In: @name, @token, @expires_utc. Out: 1 row, or 0 when the lease was taken by somebody else: write nothing.
UPDATE etl.lease SET expires_utc = @expires_utc WHERE name = @name AND token = @token AND released = 0;
