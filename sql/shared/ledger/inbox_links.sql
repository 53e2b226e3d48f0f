-- Which of these orders a 3PL has from us. In: @three_pl, @order_ids (JSON).
SELECT DISTINCT exigo_order_id AS order_id FROM etl.order_link
WHERE exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND system = @three_pl;
