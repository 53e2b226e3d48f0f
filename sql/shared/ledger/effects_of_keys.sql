-- What was done for these items at every step of a pipeline, newest generation last. In: @pipeline, @steps and @item_keys
-- (JSON texts).
SELECT e.effect_id, e.step, e.item_key, e.item_id, e.generation, e.state, e.fingerprint, e.change_set_id, e.target,
       e.request, i.code, i.reason, i.resolution
FROM etl.effect AS e LEFT JOIN etl.item AS i ON i.item_id = e.item_id
WHERE e.pipeline = @pipeline AND e.step IN (SELECT value FROM OPENJSON(@steps))
  AND e.item_key IN (SELECT value FROM OPENJSON(@item_keys))
ORDER BY e.generation, e.effect_id;
