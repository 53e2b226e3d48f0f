-- One line of the timeline. In: @at_utc, @kind, @pipeline, @batch_id, @wave_id, @order_id, @item_key, @message, @detail
-- (JSON or null).
INSERT INTO etl.event (at_utc, kind, pipeline, batch_id, wave_id, order_id, item_key, message, detail)
VALUES (@at_utc, @kind, @pipeline, @batch_id, @wave_id, @order_id, @item_key, @message, @detail);
