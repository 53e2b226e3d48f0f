-- The 3PL has refused the order: what waited for its answer is held, with its item. In: @effect_id, @code, @reason, @now.
UPDATE etl.item SET state = 'held', code = @code, reason = @reason, settled_utc = @now
WHERE state = 'loading'
  AND item_id = (SELECT e.item_id FROM etl.effect AS e WHERE e.effect_id = @effect_id AND e.state = 'pending');
UPDATE etl.effect SET state = 'held', last_error = @reason, next_try_utc = NULL
WHERE effect_id = @effect_id AND state = 'pending';
