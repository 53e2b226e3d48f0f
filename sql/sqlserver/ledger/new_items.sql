-- Items a person made that have no verdict yet. In: @batch_id, @limit.
SELECT TOP (@limit) item_id, order_id, change_set_id, generation FROM etl.item
WHERE batch_id = @batch_id AND state = 'new' ORDER BY order_id;
