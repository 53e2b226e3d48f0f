-- GoDataFeed knows its order's number in Exigo. In: @store, @order_number, @now.
UPDATE etl.marketplace_order SET acknowledged_utc = @now
WHERE store = @store AND order_number = @order_number AND acknowledged_utc IS NULL;
