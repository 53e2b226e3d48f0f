-- new | ready -> excluded for an order that waits for its verdict or its wave, because a person decided so.
-- In: @pipeline, @order_id, @code, @reason, @now. Out: versions taken out.
UPDATE etl.item SET state = 'excluded', code = @code, reason = @reason, settled_utc = @now
WHERE pipeline = @pipeline AND order_id = @order_id AND (state = 'new' OR state = 'ready');
