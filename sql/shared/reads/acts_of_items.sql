-- What was or will be done outward for these items, oldest first. In: @item_ids (JSON).
SELECT e.effect_id, e.step, e.item_key, e.generation, e.state, e.attempts, e.next_try_utc, e.last_error, e.receipt,
       e.request, e.created_utc, e.done_utc, w.file_name
FROM etl.effect AS e LEFT JOIN etl.wave AS w ON w.wave_id = e.wave_id
WHERE e.item_id IN (SELECT value FROM OPENJSON(@item_ids)) ORDER BY e.effect_id;
