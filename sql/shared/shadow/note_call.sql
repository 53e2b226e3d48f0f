-- What a call that was not made would have carried, and what its target shows. In: @effect_id, @operation, @fields (JSON),
-- @state, @shown (JSON or null), @now, @next_look (UTC, null when it is settled), @settled (UTC, null while it is open).
UPDATE etl.shadow_call
SET state = @state, operation = @operation, fields = @fields, shown = @shown, looked_utc = @now, next_look_utc = @next_look, settled_utc = @settled
WHERE effect_id = @effect_id;
INSERT INTO etl.shadow_call (effect_id, pipeline, step, item_key, order_id, operation, fields, state, shown, planned_utc,
                             looked_utc, next_look_utc, settled_utc)
SELECT e.effect_id, e.pipeline, e.step, e.item_key, e.order_id, @operation, @fields, @state, @shown, e.created_utc,
       @now, @next_look, @settled
FROM etl.effect AS e
WHERE e.effect_id = @effect_id
  AND NOT EXISTS (SELECT 1 FROM etl.shadow_call AS c WHERE c.effect_id = @effect_id);
