-- A later step that was refused or held is tried again for a newer item. In: @effect_id, @batch_id (of the newer item),
-- @next_try_utc (null: at once).
UPDATE etl.effect
SET state = 'pending', attempts = 0, next_try_utc = @next_try_utc, last_error = NULL,
    item_id = (SELECT i.item_id FROM etl.item AS i
               WHERE i.batch_id = @batch_id AND i.item_key = etl.effect.item_key)
WHERE effect_id = @effect_id AND state IN ('held', 'failed');
