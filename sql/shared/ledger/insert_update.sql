-- An update that an order's item brings about; pending. In: @batch_id and @order_key (its item), @step, @item_key,
-- @generation, @fingerprint, @target, @request (JSON), @now.
INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, fingerprint, target,
                        request, created_utc)
SELECT i.pipeline, @step, @item_key, @generation, i.item_id, i.order_id, i.change_set_id, @fingerprint, @target,
       @request, @now
FROM etl.item AS i WHERE i.batch_id = @batch_id AND i.item_key = @order_key;
