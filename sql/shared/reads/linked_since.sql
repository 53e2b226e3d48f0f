-- Since when a 3PL is known to have these orders; links outlive the ledger. In: @three_pl, @order_ids (JSON).
SELECT exigo_order_id, MIN(linked_utc) AS linked_utc FROM etl.order_link
WHERE system = @three_pl AND exigo_order_id IN (SELECT value FROM OPENJSON(@order_ids))
GROUP BY exigo_order_id;
