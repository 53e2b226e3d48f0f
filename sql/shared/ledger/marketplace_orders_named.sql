-- Marketplace orders of any store with this number, GoDataFeed's or the marketplace's. In: @number.
SELECT store, order_number, marketplace, marketplace_number, purchased_utc, frozen_utc, document_sha256,
       exigo_order_id, linked_utc, acknowledged_utc, canceled_utc
FROM etl.marketplace_order WHERE order_number = @number
UNION
SELECT store, order_number, marketplace, marketplace_number, purchased_utc, frozen_utc, document_sha256,
       exigo_order_id, linked_utc, acknowledged_utc, canceled_utc
FROM etl.marketplace_order WHERE marketplace_number = @number
ORDER BY store, order_number;
