-- A bucket after a change. In: what the columns are named, @version as it was read. Out: 1 row, or 0 when another
-- process changed it since: read it again.
UPDATE etl.rate_bucket
SET version = version + 1, level = @level, level_utc = @level_utc, reserve = @reserve,
  closed_until_utc = @closed_until_utc, owed = @owed, shipment_utc = @shipment_utc,
  acknowledgement_utc = @acknowledgement_utc, status_utc = @status_utc, backfill_utc = @backfill_utc
WHERE account = @account AND version = @version;
