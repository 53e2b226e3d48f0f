-- Marketplace orders that became these. In: @order_ids (JSON).
SELECT store, order_number FROM etl.marketplace_order
WHERE exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids));
