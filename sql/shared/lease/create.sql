-- First holder ever of a lease. In: @name, @holder, @expires_utc. Token 1.
INSERT INTO etl.lease (name, holder, token, acquired_utc, expires_utc, released)
VALUES (@name, @holder, 1, utc_now(), @expires_utc, 0);
