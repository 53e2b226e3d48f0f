-- Marketplace orders of a store. In: @store, @order_numbers (JSON texts without characters that JSON escapes).
SELECT store, order_number, marketplace, marketplace_number, purchased_utc, frozen_utc, document_sha256,
       exigo_order_id, linked_utc, acknowledged_utc, canceled_utc
FROM etl.marketplace_order
WHERE store = @store AND order_number IN (SELECT value FROM OPENJSON(@order_numbers));
