-- Cancellations that nobody wants any more leave a planned wave, of which nothing has left. In: @wave_id, @code, @reason,
-- @now.
DELETE FROM etl.effect
WHERE wave_id = @wave_id AND state = 'pending'
  AND EXISTS (SELECT 1 FROM etl.cancellation AS c
              WHERE c.order_id = etl.effect.order_id AND c.generation = etl.effect.generation
                AND c.by_exigo = 0 AND c.by_marketplace = 0 AND c.by_person = 0);
UPDATE etl.item SET state = 'excluded', code = @code, reason = @reason, settled_utc = @now, wave_id = NULL
WHERE wave_id = @wave_id AND state = 'loading'
  AND EXISTS (SELECT 1 FROM etl.cancellation AS c
              WHERE c.order_id = etl.item.order_id AND c.generation = etl.item.generation
                AND c.by_exigo = 0 AND c.by_marketplace = 0 AND c.by_person = 0);
