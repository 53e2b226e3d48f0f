-- Files of 3PLs in the archive that speak of these orders. In: @order_ids (JSON).
SELECT DISTINCT f.file_id, f.archive FROM etl.inbox_row AS r JOIN etl.inbox_file AS f ON f.file_id = r.file_id
WHERE r.order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND f.archive IS NOT NULL
ORDER BY f.file_id;
