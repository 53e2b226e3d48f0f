-- Gives the lease to a new holder; the token grows, so whatever the old holder still writes is refused.
-- In: @name, @holder, @token (the old one, as read in this transaction), @expires_utc. Out: 1 row, or 0 when
-- somebody else was faster.
UPDATE etl.lease
SET holder = @holder, token = token + 1, acquired_utc = utc_now(), expires_utc = @expires_utc, released = 0
WHERE name = @name AND token = @token;
