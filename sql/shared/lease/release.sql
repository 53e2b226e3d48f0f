-- Gives the lease back; the next one need not wait for its end. In: @name, @token. Out: 0 rows when it was lost.
UPDATE etl.lease SET released = 1 WHERE name = @name AND token = @token;
