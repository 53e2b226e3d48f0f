-- Somebody wants an order canceled that a 3PL has. In: @order_id, @generation (of the hand-over), @target (the 3PL), @by
-- (exigo, marketplace, person), @now.
UPDATE etl.cancellation
SET by_exigo = CASE WHEN @by = 'exigo' THEN 1 ELSE by_exigo END,
    by_marketplace = CASE WHEN @by = 'marketplace' THEN 1 ELSE by_marketplace END,
    by_person = CASE WHEN @by = 'person' THEN 1 ELSE by_person END
WHERE order_id = @order_id AND generation = @generation;
INSERT INTO etl.cancellation (order_id, generation, target, asked_utc, by_exigo, by_marketplace, by_person)
SELECT @order_id, @generation, @target, @now, CASE WHEN @by = 'exigo' THEN 1 ELSE 0 END,
       CASE WHEN @by = 'marketplace' THEN 1 ELSE 0 END, CASE WHEN @by = 'person' THEN 1 ELSE 0 END
WHERE NOT EXISTS (SELECT 1 FROM etl.cancellation AS c
                  WHERE c.order_id = @order_id AND c.generation = @generation);
