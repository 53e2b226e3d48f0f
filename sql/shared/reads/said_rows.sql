-- The good rows of a 3PL's files about these orders, oldest first; of files that were read to their end. In: @three_pl (null: of any),
-- @order_ids (JSON).
SELECT r.order_id, r.file_id, r.line, f.name, f.claimed_utc, r.answer, r.item_code, r.quantity, r.tracking, r.carrier,
       r.ship_method_id, r.happened_utc, r.happened_bare, r.said, r.repeats
FROM etl.inbox_row AS r JOIN etl.inbox_file AS f ON f.file_id = r.file_id
WHERE (@three_pl IS NULL OR r.three_pl = @three_pl) AND r.code IS NULL AND f.state = 'frozen'
  AND r.order_id IN (SELECT value FROM OPENJSON(@order_ids))
ORDER BY r.order_id, r.file_id, r.line;
