-- Takes the ready items of a target that are old enough into a wave, lowest order first: one effect each (the
-- unique business key is the promise), and the item is loading. In: @wave_id, @pipeline, @step, @target,
-- @created_until, @limit, @now. Out: items taken.
INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, wave_id, fingerprint,
                        created_utc)
SELECT TOP (@limit) pipeline, @step, item_key, generation, item_id, order_id, change_set_id, @wave_id, fingerprint, @now
FROM etl.item
WHERE pipeline = @pipeline AND state = 'ready' AND target = @target AND created_utc <= @created_until
ORDER BY order_id, item_id;
UPDATE etl.item SET state = 'loading', wave_id = @wave_id
WHERE item_id IN (SELECT e.item_id FROM etl.effect AS e WHERE e.wave_id = @wave_id);
