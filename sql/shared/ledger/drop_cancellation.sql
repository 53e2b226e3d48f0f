-- Who wanted an order canceled wants it no more. In: @order_id, @generation, @by (exigo, marketplace, person, all).
UPDATE etl.cancellation
SET by_exigo = CASE WHEN @by IN ('exigo', 'all') THEN 0 ELSE by_exigo END,
    by_marketplace = CASE WHEN @by IN ('marketplace', 'all') THEN 0 ELSE by_marketplace END,
    by_person = CASE WHEN @by IN ('person', 'all') THEN 0 ELSE by_person END
WHERE order_id = @order_id AND generation = @generation;
