-- The effect of a step for an item that needs only that one. In: @batch_id, @item_key, @step, @now.
INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, target, created_utc)
SELECT i.pipeline, @step, i.item_key, i.generation, i.item_id, i.order_id, i.change_set_id, i.target, @now
FROM etl.item AS i WHERE i.batch_id = @batch_id AND i.item_key = @item_key;
