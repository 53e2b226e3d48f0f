-- Marketplace orders of a store that wait in the error list, and of which nothing was ever tried in Exigo. In: @store,
-- @since (known from then on), @pipeline (that makes them).
SELECT m.store, m.order_number, m.marketplace, m.marketplace_number, m.purchased_utc, m.frozen_utc, m.exigo_order_id
FROM etl.item AS i JOIN etl.marketplace_order AS m
  ON m.store = @store AND i.item_key = CONCAT(m.store, '/', m.order_number)
WHERE i.pipeline = @pipeline AND i.state IN ('held', 'failed') AND i.resolution IS NULL AND i.order_id IS NULL
  AND m.exigo_order_id IS NULL AND m.canceled_utc IS NULL AND m.frozen_utc >= @since
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS e WHERE e.pipeline = @pipeline AND e.item_key = i.item_key);
