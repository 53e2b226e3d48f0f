-- sending -> done, with a further step to come: its item stays loading. In: @effect_id, @receipt, @now, @next_step.
UPDATE etl.effect SET state = 'done', done_utc = @now, receipt = @receipt, next_try_utc = NULL
WHERE state = 'sending' AND effect_id = @effect_id;
INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, target, created_utc)
SELECT e.pipeline, @next_step, e.item_key, e.generation, e.item_id, e.order_id, e.change_set_id, e.target, @now
FROM etl.effect AS e WHERE e.effect_id = @effect_id AND e.state = 'done'
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS n
                  WHERE n.pipeline = e.pipeline AND n.step = @next_step AND n.item_key = e.item_key
                    AND n.generation = e.generation);
