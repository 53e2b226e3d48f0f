-- Members of a wave in file order, a page at a time. In: @wave_id, @after (order id, -1 to begin), @limit.
-- The item names the version that the file is made of; the effect's own may be a later one that a person ignored.
SELECT TOP (@limit) e.order_id, i.change_set_id, e.item_id, e.item_key
FROM etl.effect AS e JOIN etl.item AS i ON i.item_id = e.item_id
WHERE e.wave_id = @wave_id AND COALESCE(e.order_id, 0) > @after
ORDER BY e.order_id;
