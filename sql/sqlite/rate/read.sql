-- A bucket as it stands, by the database's clock. In: @account. Out: one row; version is null when there is none yet.
SELECT b.version, b.level, b.level_utc, b.reserve, b.closed_until_utc, b.owed,
  b.shipment_utc, b.acknowledgement_utc, b.status_utc, b.backfill_utc, n.now_utc
FROM (SELECT utc_now() AS now_utc) AS n
LEFT JOIN etl.rate_bucket AS b ON b.account = @account;
