-- Deletes the hashes of a customer's e-mail addresses. In: @customer_id.
DELETE FROM etl.marketplace_customer WHERE exigo_customer_id = @customer_id;
