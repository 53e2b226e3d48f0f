-- Items a person made that have no verdict yet, of documents. In: @batch_id, @limit.
SELECT TOP (@limit) item_id, item_key, change_set_id, generation FROM etl.item
WHERE batch_id = @batch_id AND state = 'new' ORDER BY item_id;
