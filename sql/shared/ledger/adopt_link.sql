-- Keeps that a 3PL has an order from an earlier script. In: @order_id, @system, @reference, @handed_over_utc, @now.
INSERT INTO etl.order_link (exigo_order_id, system, reference, linked_utc, adopted_utc)
SELECT @order_id, @system, @reference, @handed_over_utc, @now
WHERE NOT EXISTS (SELECT 1 FROM etl.order_link AS l
                  WHERE l.exigo_order_id = @order_id AND l.system = @system AND l.reference = @reference);
