-- A marketplace order is this order in Exigo. The first word stands. In: @store, @order_number, @exigo_order_id, @now.
UPDATE etl.marketplace_order SET exigo_order_id = @exigo_order_id, linked_utc = @now
WHERE store = @store AND order_number = @order_number AND exigo_order_id IS NULL;
