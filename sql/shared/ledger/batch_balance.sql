-- What a batch holds now, by state. In: @batch_id. Out: state, items.
SELECT state, COUNT(*) AS items FROM etl.item WHERE batch_id = @batch_id GROUP BY state;
