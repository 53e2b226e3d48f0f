-- A lease as it stands, by the database's clock. In: @name. Out: at most one row.
SELECT name, holder, token, expires_utc, released, utc_now() AS now_utc
FROM etl.lease WHERE name = @name;
