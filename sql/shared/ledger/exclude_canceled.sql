-- The step after a hand-over whose order its 3PL has canceled is not worked: its item is excluded. In: @pipeline, @step,
-- @code, @now.
UPDATE etl.item
SET state = 'excluded', code = @code, settled_utc = @now,
    reason = (SELECT c.evidence FROM etl.cancellation AS c
              WHERE c.order_id = etl.item.order_id AND c.generation = etl.item.generation)
WHERE state = 'loading'
  AND item_id IN (SELECT e.item_id FROM etl.effect AS e
                  JOIN etl.cancellation AS c ON c.order_id = e.order_id AND c.generation = e.generation
                  WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending' AND c.answer = 'canceled');
DELETE FROM etl.effect
WHERE pipeline = @pipeline AND step = @step AND state = 'pending'
  AND EXISTS (SELECT 1 FROM etl.cancellation AS c
              WHERE c.order_id = etl.effect.order_id AND c.generation = etl.effect.generation AND c.answer = 'canceled');
