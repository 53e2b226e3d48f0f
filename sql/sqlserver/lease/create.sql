-- First holder ever of a lease; the hints make a second one wait for what is not there yet.
-- In: @name, @holder, @ttl_ms. Out: token (1); no row when the lease has had a holder.
INSERT INTO etl.lease (name, holder, token, acquired_utc, expires_utc, released)
OUTPUT inserted.token
SELECT @name, @holder, 1, utc_now(), DATEADD(MILLISECOND, @ttl_ms, utc_now()), 0
WHERE NOT EXISTS (SELECT 1 FROM etl.lease WITH (UPDLOCK, HOLDLOCK) WHERE name = @name);
