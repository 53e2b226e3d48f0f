-- The 3PLs that these orders were handed over to, the last one last; links outlive the ledger. In: @order_ids (JSON).
SELECT exigo_order_id, system FROM etl.order_link
WHERE exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids))
ORDER BY exigo_order_id, linked_utc, reference;
