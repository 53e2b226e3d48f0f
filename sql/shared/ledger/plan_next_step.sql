-- Gives every member of a delivered wave the effect of the step that depends on it, in their order.
-- In: @wave_id, @step, @next_try_utc (null: at once), @now.
INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, next_try_utc,
                        created_utc)
SELECT e.pipeline, @step, e.item_key, e.generation, e.item_id, e.order_id, e.change_set_id, @next_try_utc, @now
FROM etl.effect AS e WHERE e.wave_id = @wave_id
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS n
                  WHERE n.pipeline = e.pipeline AND n.step = @step AND n.item_key = e.item_key
                    AND n.generation = e.generation)
ORDER BY e.effect_id;
