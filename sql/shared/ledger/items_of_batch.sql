-- How many items a batch has. In: @batch_id. Out: items.
SELECT COUNT(*) AS items FROM etl.item WHERE batch_id = @batch_id;
