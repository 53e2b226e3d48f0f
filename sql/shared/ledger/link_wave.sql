-- Keeps which 3PL file carried which order. In: @wave_id, @system, @reference, @now.
INSERT INTO etl.order_link (exigo_order_id, system, reference, linked_utc)
SELECT e.order_id, @system, @reference, @now FROM etl.effect AS e
WHERE e.wave_id = @wave_id AND e.order_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM etl.order_link AS l
                  WHERE l.exigo_order_id = e.order_id AND l.system = @system AND l.reference = @reference);
