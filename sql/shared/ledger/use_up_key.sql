-- Uses up the business key of a marketplace order that was never begun. In: @item_id (its newest item), @step,
-- @fingerprint, @reason, @now.
INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, target, state, fingerprint,
                        last_error, created_utc)
SELECT i.pipeline, @step, i.item_key, i.generation, i.item_id, i.order_id, i.change_set_id, i.target, 'failed',
       @fingerprint, @reason, @now
FROM etl.item AS i WHERE i.item_id = @item_id;
