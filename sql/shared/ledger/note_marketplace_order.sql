-- A marketplace order that was frozen, unless it is known. In: @store, @order_number, @marketplace, @marketplace_number,
-- @purchased_utc, @now.
INSERT INTO etl.marketplace_order (store, order_number, marketplace, marketplace_number, purchased_utc, frozen_utc)
SELECT @store, @order_number, @marketplace, @marketplace_number, @purchased_utc, @now
WHERE NOT EXISTS (SELECT 1 FROM etl.marketplace_order AS m WHERE m.store = @store AND m.order_number = @order_number);
