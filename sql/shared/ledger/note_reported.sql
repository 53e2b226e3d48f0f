-- Keeps what a marketplace has, by the fingerprint of the update that would tell it. In: @exigo_order_id, @fingerprint, @now.
UPDATE etl.marketplace_order SET reported = @fingerprint, reported_utc = @now WHERE exigo_order_id = @exigo_order_id;
