-- How far the transform of a batch has come. In: @batch_id. Out: order_id (null when not begun).
SELECT MAX(order_id) AS order_id FROM etl.item WHERE batch_id = @batch_id;
