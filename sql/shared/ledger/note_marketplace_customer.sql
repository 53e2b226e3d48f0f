-- Keeps which customer an e-mail address belongs to. The first word stands. In: @email_sha256, @exigo_customer_id, @now.
INSERT INTO etl.marketplace_customer (email_sha256, exigo_customer_id, linked_utc)
SELECT @email_sha256, @exigo_customer_id, @now
WHERE NOT EXISTS (SELECT 1 FROM etl.marketplace_customer AS c WHERE c.email_sha256 = @email_sha256);
