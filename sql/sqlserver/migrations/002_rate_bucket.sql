-- What is known of a vendor's leaky bucket, one row per account, so that all processes share it and a restart does
-- not overflow it. The account goes by a hash; no key stands here.
CREATE TABLE etl.rate_bucket (
  account              NVARCHAR(64) NOT NULL PRIMARY KEY,
  version              INT NOT NULL,           -- grows with every change: a change of an older row is refused
  level                INT NOT NULL,           -- thousandths of a call
  level_utc            DATETIME2(3) NOT NULL,  -- when it was so
  reserve              INT NOT NULL,           -- thousandths of a call kept free, because others use the bucket
  closed_until_utc     DATETIME2(3) NOT NULL,  -- nothing leaves before
  owed                 INT NOT NULL,           -- calls that left while an acknowledgement waited
  shipment_utc         DATETIME2(3) NOT NULL,  -- until when somebody is taken to wait with a shipment or cancellation,
  acknowledgement_utc  DATETIME2(3) NOT NULL,  -- an acknowledgement,
  status_utc           DATETIME2(3) NOT NULL,  -- another status or a read,
  backfill_utc         DATETIME2(3) NOT NULL,  -- a backfill
  CONSTRAINT rate_bucket_level_is_not_negative CHECK (level >= 0),
  CONSTRAINT rate_bucket_reserve_is_not_negative CHECK (reserve >= 0),
  CONSTRAINT rate_bucket_owed_is_not_negative CHECK (owed >= 0)
);
