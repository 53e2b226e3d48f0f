-- sending -> failed | held, with its item. In: @effect_id, @state, @code, @reason, @fingerprint (of what the target
-- shows; null leaves the item's own), @now.
UPDATE etl.effect SET state = @state, last_error = @reason, next_try_utc = NULL
WHERE effect_id = @effect_id AND state = 'sending';
UPDATE etl.item SET state = @state, code = @code, reason = @reason, settled_utc = @now,
                    fingerprint = COALESCE(@fingerprint, fingerprint)
WHERE state = 'loading' AND item_id = (SELECT e.item_id FROM etl.effect AS e WHERE e.effect_id = @effect_id);
