-- Files that were handed over with these orders. In: @order_ids (JSON).
SELECT DISTINCT w.target, w.file_name FROM etl.effect AS e JOIN etl.wave AS w ON w.wave_id = e.wave_id
WHERE e.order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND w.state = 'delivered'
ORDER BY w.target, w.file_name;
