-- The order that was made in Exigo of goods that came back, or found there. In: @return_key, @return_order_id, @now.
UPDATE etl.returned_goods SET return_order_id = @return_order_id, made_utc = @now
WHERE return_key = @return_key AND return_order_id IS NULL;
