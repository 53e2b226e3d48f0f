-- Marketplace orders that are these orders in Exigo. In: @order_ids (JSON).
SELECT store, order_number, marketplace, marketplace_number, purchased_utc, frozen_utc, document_sha256,
       exigo_order_id, linked_utc, acknowledged_utc, canceled_utc
FROM etl.marketplace_order WHERE exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids));
