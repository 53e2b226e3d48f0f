-- How far the transform of a batch of documents has come. In: @batch_id. Out: item_key (null when not begun).
SELECT MAX(item_key) AS item_key FROM etl.item WHERE batch_id = @batch_id;
