-- One item with its verdict. Error: duplicate key when the batch has it already.
INSERT INTO etl.item (batch_id, pipeline, item_key, order_id, change_set_id, generation, state, target, fingerprint,
                      code, reason, created_utc, settled_utc)
VALUES (@batch_id, @pipeline, @item_key, @order_id, @change_set_id, @generation, @state, @target, @fingerprint,
        @code, @reason, @now, @settled_utc);
