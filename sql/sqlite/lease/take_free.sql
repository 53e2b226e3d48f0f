-- Takes a lease that was given back, or has run out for @wait_ms; the token grows, so whatever the old holder still
-- writes is refused. In: @name, @holder, @ttl_ms, @wait_ms. Out: token; no row when it is held, or has no row yet.
UPDATE etl.lease
SET holder = @holder, token = token + 1, acquired_utc = utc_now(), released = 0,
    expires_utc = STRFTIME('%Y-%m-%d %H:%M:%f', utc_now(), '+' || (@ttl_ms / 1000.0) || ' seconds')
WHERE name = @name
  AND (released = 1 OR expires_utc <= STRFTIME('%Y-%m-%d %H:%M:%f', utc_now(), '-' || (@wait_ms / 1000.0) || ' seconds'))
RETURNING token;
