-- What was done for these keys at an update step, newest generation last; code, reason and resolution are those of the
-- newest item that waited, or waits, because of it. In: @pipeline, @step, @item_keys (JSON texts).
SELECT e.effect_id, e.item_id, e.item_key, e.generation, e.state, e.fingerprint, i.code, i.reason, i.resolution
FROM etl.effect AS e LEFT JOIN etl.item AS i
  ON i.item_id = (SELECT MAX(n.item_id) FROM etl.item AS n
                  WHERE n.order_id = e.order_id AND n.pipeline = e.pipeline AND n.item_id >= e.item_id
                    AND n.state IN ('held', 'failed') AND n.fingerprint = e.fingerprint)
WHERE e.pipeline = @pipeline AND e.step = @step AND e.item_key IN (SELECT value FROM OPENJSON(@item_keys))
ORDER BY e.item_key, e.generation;
