-- Which JSON of a marketplace order was frozen last. In: @store, @order_number, @document_sha256 (null: none that
-- counts).
UPDATE etl.marketplace_order SET document_sha256 = @document_sha256
WHERE store = @store AND order_number = @order_number;
