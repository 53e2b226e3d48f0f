-- An order was reported Canceled, because a person decided so. In: @store, @order_number, @now.
UPDATE etl.marketplace_order SET canceled_utc = @now
WHERE store = @store AND order_number = @order_number AND canceled_utc IS NULL;
