-- Marketplace orders that these orders in Exigo may be reported to: the one each was made from (origin 1), and the same
-- one in other stores. In: @order_ids (JSON).
SELECT o.exigo_order_id, o.store, o.order_number, o.marketplace, o.marketplace_number, o.purchased_utc,
       COALESCE(o.reported, CASE WHEN o.canceled_utc IS NOT NULL THEN 'canceled' END) AS reported,
       1 AS origin
FROM etl.marketplace_order AS o
WHERE o.exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids))
UNION ALL
SELECT o.exigo_order_id, s.store, s.order_number, s.marketplace, s.marketplace_number, s.purchased_utc,
       COALESCE(s.reported, CASE WHEN s.canceled_utc IS NOT NULL THEN 'canceled' END) AS reported,
       0 AS origin
FROM etl.marketplace_order AS o JOIN etl.marketplace_order AS s
  ON s.marketplace_number = o.marketplace_number AND s.store <> o.store AND s.exigo_order_id IS NULL
WHERE o.exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids));
