-- When a 3PL got these orders, in which version and by which template; oldest first. In: @pipeline, @step, @three_pl,
-- @item_keys (JSON texts).
SELECT e.order_id, e.generation, i.change_set_id, w.config_hash, w.delivered_utc
FROM etl.effect AS e JOIN etl.wave AS w ON w.wave_id = e.wave_id JOIN etl.item AS i ON i.item_id = e.item_id
WHERE e.pipeline = @pipeline AND e.step = @step AND e.item_key IN (SELECT value FROM OPENJSON(@item_keys))
  AND w.target = @three_pl AND w.state = 'delivered'
ORDER BY e.order_id, e.generation;
