-- Goods of these orders that came back, as they were noted. In: @order_ids (JSON).
SELECT return_key, three_pl, exigo_order_id, file_id, lines, goods, policy, return_order_id
FROM etl.returned_goods WHERE exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids))
ORDER BY exigo_order_id, noted_utc, return_key;
