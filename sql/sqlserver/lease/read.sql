-- A lease as it stands, by the database's clock; locked until the transaction ends, so that two processes that
-- want it come one after the other, also for a lease that has no row yet. In: @name. Out: at most one row.
SELECT name, holder, token, expires_utc, released, utc_now() AS now_utc
FROM etl.lease WITH (UPDLOCK, HOLDLOCK) WHERE name = @name;
