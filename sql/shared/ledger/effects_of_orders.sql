-- What was done for these orders at one step, newest generation last. In: @pipeline, @step, @item_keys (JSON texts).
SELECT e.effect_id, e.order_id, e.item_id, e.generation, e.state, e.fingerprint, e.change_set_id, e.wave_id,
       w.state AS wave_state, w.target, i.code, i.reason, i.resolution, e.last_error, e.done_utc
FROM etl.effect AS e LEFT JOIN etl.wave AS w ON w.wave_id = e.wave_id
LEFT JOIN etl.item AS i ON i.item_id = e.item_id
WHERE e.pipeline = @pipeline AND e.step = @step AND e.item_key IN (SELECT value FROM OPENJSON(@item_keys))
ORDER BY e.order_id, e.generation;
