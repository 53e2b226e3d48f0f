-- sending or accepted -> held | failed, with its item. In: @effect_id, @state, @code, @reason, @now.
UPDATE etl.effect SET state = @state, last_error = @reason, next_try_utc = NULL
WHERE effect_id = @effect_id AND state IN ('sending', 'accepted');
UPDATE etl.item SET state = @state, code = @code, reason = @reason, settled_utc = @now
WHERE state = 'loading'
  AND item_id = (SELECT e.item_id FROM etl.effect AS e WHERE e.effect_id = @effect_id AND e.state = @state);
