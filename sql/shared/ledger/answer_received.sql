-- pending -> done for what waited for a 3PL's answer; its item is delivered, or excluded where nobody wants it any more.
-- In: @effect_id, @receipt, @state, @code, @reason, @now.
UPDATE etl.effect SET state = 'done', done_utc = @now, receipt = @receipt, next_try_utc = NULL
WHERE effect_id = @effect_id AND state = 'pending';
UPDATE etl.item SET state = @state, code = @code, reason = @reason, settled_utc = @now
WHERE state = 'loading'
  AND item_id = (SELECT e.item_id FROM etl.effect AS e WHERE e.effect_id = @effect_id AND e.state = 'done');
