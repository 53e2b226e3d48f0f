-- First call ever of an account. In: what the columns are named. A second one at once fails by its key, and reads.
INSERT INTO etl.rate_bucket (account, version, level, level_utc, reserve, closed_until_utc, owed,
  shipment_utc, acknowledgement_utc, status_utc, backfill_utc)
VALUES (@account, 1, @level, @level_utc, @reserve, @closed_until_utc, @owed,
  @shipment_utc, @acknowledgement_utc, @status_utc, @backfill_utc);
