-- ready -> excluded for an order that waits for its wave. In: @pipeline, @order_id, @code, @reason, @now.
UPDATE etl.item SET state = 'excluded', code = @code, reason = @reason, settled_utc = @now
WHERE pipeline = @pipeline AND order_id = @order_id AND state = 'ready';
