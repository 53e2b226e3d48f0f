-- Good rows of a 3PL about these orders that say one of these things. In: @three_pl, @order_ids, @contents (JSON).
SELECT order_id, content, MIN(file_id) AS first_file, MAX(file_id) AS last_file FROM etl.inbox_row
WHERE order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND content IN (SELECT value FROM OPENJSON(@contents))
  AND three_pl = @three_pl AND code IS NULL
GROUP BY order_id, content;
