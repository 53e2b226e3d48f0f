-- Marketplace orders of a store that are open with us: linked, as last frozen neither Canceled nor Shipped in Exigo, and
-- nothing told to their marketplace, or only a cancellation that it took back and Exigo has not any more. Those that a
-- pipeline has taken up are left out, unless they were open again when it came to them, and a person has answered where
-- that was too late. In: @store, @since (known from then on), @pipeline (that takes them up), @reports (that tells).
SELECT m.store, m.order_number, m.marketplace, m.marketplace_number, m.purchased_utc, m.frozen_utc, m.exigo_order_id
FROM etl.marketplace_order AS m LEFT JOIN etl.aggregate_version AS v ON v.order_id = m.exigo_order_id
WHERE m.store = @store AND (m.reported IS NULL OR (m.reported = 'canceled' AND v.status_id IS NOT NULL))
  AND m.exigo_order_id IS NOT NULL AND m.canceled_utc IS NULL
  AND m.frozen_utc >= @since AND (v.status_id IS NULL OR v.status_id NOT IN (4, 9))
  AND NOT EXISTS (SELECT 1 FROM etl.item AS i WHERE i.order_id = m.exigo_order_id AND i.pipeline = @pipeline
                  AND (i.code IS NULL OR (i.code <> 'OPEN_AGAIN'
                                          AND (i.code <> 'OPEN_AGAIN_TOO_LATE' OR i.resolution IS NULL))))
  AND NOT EXISTS (SELECT 1 FROM etl.item AS i JOIN etl.effect AS e ON e.item_id = i.item_id
                  WHERE i.order_id = m.exigo_order_id AND i.pipeline = @reports);
