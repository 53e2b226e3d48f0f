-- The last version of these orders that the live source froze; modified_at is US Central. In: @order_ids (JSON).
SELECT order_id, status_id, modified_at, since_utc
FROM etl.aggregate_version WHERE order_id IN (SELECT value FROM OPENJSON(@order_ids));
