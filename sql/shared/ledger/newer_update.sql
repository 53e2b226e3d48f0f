-- The newest update after this one, of the same marketplace order, and the batch it is in. In: @effect_id. Out: batch_id.
SELECT i.batch_id
FROM etl.effect AS e JOIN etl.effect AS n
  ON n.pipeline = e.pipeline AND n.step = e.step AND n.item_key = e.item_key AND n.generation > e.generation
JOIN etl.item AS i ON i.item_id = n.item_id
WHERE e.effect_id = @effect_id
ORDER BY n.generation DESC;
