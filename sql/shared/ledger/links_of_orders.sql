-- 3PLs that have these orders. In: @order_ids (JSON). Out: exigo_order_id, system, reference, linked_utc, adopted_utc.
SELECT exigo_order_id, system, reference, linked_utc, adopted_utc FROM etl.order_link
WHERE exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids))
ORDER BY linked_utc;
