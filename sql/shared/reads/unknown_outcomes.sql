-- Which of these waiting items are of an order or key with an effect of their pipeline whose outcome is not known yet, be it
-- a call or a file. In: @item_ids (JSON).
SELECT DISTINCT i.item_id, e.step, w.file_name
FROM etl.item AS i JOIN etl.item AS o ON o.order_id = i.order_id AND o.pipeline = i.pipeline
JOIN etl.effect AS e ON e.item_id = o.item_id
LEFT JOIN etl.wave AS w ON w.wave_id = e.wave_id
WHERE i.item_id IN (SELECT value FROM OPENJSON(@item_ids)) AND i.order_id IS NOT NULL
  AND (e.state = 'sending' OR w.state IN ('sending', 'uploaded'))
UNION
SELECT DISTINCT i.item_id, e.step, w.file_name
FROM etl.item AS i JOIN etl.item AS o ON o.item_key = i.item_key AND o.pipeline = i.pipeline AND o.order_id IS NULL
JOIN etl.effect AS e ON e.item_id = o.item_id
LEFT JOIN etl.wave AS w ON w.wave_id = e.wave_id
WHERE i.item_id IN (SELECT value FROM OPENJSON(@item_ids)) AND i.order_id IS NULL
  AND (e.state = 'sending' OR w.state IN ('sending', 'uploaded'));
