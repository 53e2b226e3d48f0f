-- How many returns each 3PL has sent: recorded, made in Exigo, not made yet; and those of marketplace orders, which their
-- marketplaces are not told of.
SELECT g.three_pl,
       SUM(CASE WHEN g.policy = 'record' THEN 1 ELSE 0 END) AS recorded,
       SUM(CASE WHEN g.return_order_id IS NOT NULL THEN 1 ELSE 0 END) AS made,
       SUM(CASE WHEN g.policy = 'return-order' AND g.return_order_id IS NULL THEN 1 ELSE 0 END) AS not_made,
       COUNT(m.exigo_order_id) AS not_reported
FROM etl.returned_goods AS g
LEFT JOIN etl.marketplace_order AS m ON m.exigo_order_id = g.exigo_order_id
GROUP BY g.three_pl ORDER BY g.three_pl;
