-- Members of a wave in file order, a page at a time. In: @wave_id, @after (order id, -1 to begin), @limit.
SELECT e.order_id, e.change_set_id, e.item_id, e.item_key
FROM etl.effect AS e WHERE e.wave_id = @wave_id AND COALESCE(e.order_id, 0) > @after
ORDER BY e.order_id LIMIT @limit;
