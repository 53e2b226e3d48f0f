-- The configuration that an item was judged with. In: @item_id. Out: hash, json (null when it is not kept).
SELECT b.config_hash AS hash, c.json FROM etl.item AS i
JOIN etl.batch AS b ON b.batch_id = i.batch_id
LEFT JOIN etl.configuration AS c ON c.hash = b.config_hash
WHERE i.item_id = @item_id;
