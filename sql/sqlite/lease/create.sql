-- First holder ever of a lease. In: @name, @holder, @ttl_ms. Out: token (1); no row when the lease has had a holder.
INSERT INTO etl.lease (name, holder, token, acquired_utc, expires_utc, released)
SELECT @name, @holder, 1, utc_now(),
       STRFTIME('%Y-%m-%d %H:%M:%f', utc_now(), '+' || (@ttl_ms / 1000.0) || ' seconds'), 0
WHERE NOT EXISTS (SELECT 1 FROM etl.lease WHERE name = @name)
RETURNING token;
