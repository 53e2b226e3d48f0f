-- The customer of an e-mail address. In: @email_sha256. Out: exigo_customer_id, or nothing.
SELECT exigo_customer_id FROM etl.marketplace_customer WHERE email_sha256 = @email_sha256;
