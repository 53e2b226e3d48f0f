-- What waits since its pipeline ran in shadow, and could not be looked at, is not done before it can be. In: @pipeline, @step,
-- @target (null: any), @next_try_utc.
UPDATE etl.effect SET next_try_utc = @next_try_utc
WHERE state = 'pending' AND (@target IS NULL OR target = @target)
  AND effect_id IN (SELECT c.effect_id FROM etl.shadow_call AS c
                    WHERE c.pipeline = @pipeline AND c.step = @step AND c.state = 'open');
