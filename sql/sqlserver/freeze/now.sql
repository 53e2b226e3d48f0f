-- The database's clock. Out: utc_now (UTC), exigo_now (US Central, text).
SELECT utc_now() AS utc_now, CONVERT(VARCHAR(23), exigo_now(), 121) AS exigo_now;
