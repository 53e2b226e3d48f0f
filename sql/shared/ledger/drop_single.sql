-- Nothing is to be done any more: its item is excluded, and its key is free for a later one. In: @effect_id, @code,
-- @reason, @now.
UPDATE etl.item SET state = 'excluded', code = @code, reason = @reason, settled_utc = @now
WHERE state = 'loading'
  AND item_id = (SELECT e.item_id FROM etl.effect AS e WHERE e.effect_id = @effect_id AND e.state = 'sending');
DELETE FROM etl.effect WHERE effect_id = @effect_id AND state = 'sending';
