-- Orders by their number at a marketplace or at GoDataFeed. In: @numbers (JSON texts).
SELECT order_number AS number, exigo_order_id AS order_id FROM etl.marketplace_order
WHERE order_number IN (SELECT value FROM OPENJSON(@numbers)) AND exigo_order_id IS NOT NULL
UNION
SELECT marketplace_number, exigo_order_id FROM etl.marketplace_order
WHERE marketplace_number IN (SELECT value FROM OPENJSON(@numbers)) AND exigo_order_id IS NOT NULL;
