-- Takes a lease that was given back, or has run out for @wait_ms; the token grows, so whatever the old holder still
-- writes is refused. In: @name, @holder, @ttl_ms, @wait_ms. Out: token; no row when it is held, or has no row yet.
UPDATE etl.lease
SET holder = @holder, token = token + 1, acquired_utc = utc_now(), released = 0,
    expires_utc = DATEADD(MILLISECOND, @ttl_ms, utc_now())
OUTPUT inserted.token
WHERE name = @name AND (released = 1 OR expires_utc <= DATEADD(MILLISECOND, -@wait_ms, utc_now()));
