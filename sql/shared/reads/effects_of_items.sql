-- Everything that was or will be done outward for these orders, oldest first. In: @order_ids (JSON).
SELECT i.order_id, e.item_key, e.pipeline, e.step, e.generation, e.state, e.fingerprint, e.created_utc, e.accepted_utc,
       e.done_utc, w.state AS wave_state, w.file_name, w.target, w.shadow
FROM etl.item AS i JOIN etl.effect AS e ON e.item_id = i.item_id
LEFT JOIN etl.wave AS w ON w.wave_id = e.wave_id
WHERE i.order_id IN (SELECT value FROM OPENJSON(@order_ids))
ORDER BY e.effect_id;
