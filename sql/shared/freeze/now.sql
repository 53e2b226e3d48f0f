-- The database's clock. Out: utc_now (UTC), exigo_now (US Central).
SELECT utc_now() AS utc_now, exigo_now() AS exigo_now;
