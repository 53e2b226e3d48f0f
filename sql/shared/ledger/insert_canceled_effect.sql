-- Uses up the business key of an order that a person, or its marketplace, canceled before it was sent. In: @pipeline,
-- @step, @item_key, @order_id, @change_set_id, @item_id (for an order without an item in this pipeline; else null),
-- @fingerprint (whose doing it is), @reason, @now.
INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, state, fingerprint,
                        last_error, created_utc)
SELECT @pipeline, @step, @item_key,
       COALESCE((SELECT MAX(e.generation) FROM etl.effect AS e
                 WHERE e.pipeline = @pipeline AND e.step = @step AND e.item_key = @item_key), 0) + 1,
       COALESCE((SELECT MAX(i.item_id) FROM etl.item AS i WHERE i.pipeline = @pipeline AND i.order_id = @order_id), @item_id),
       @order_id, @change_set_id, 'failed', @fingerprint, @reason, @now;
