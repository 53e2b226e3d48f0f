-- sending -> failed | held, with its item; one of which a newer version waits already is answered by that. In: @effect_id, @state, @code, @reason, @fingerprint (of what the target
-- shows; null leaves the item's own), @now.
UPDATE etl.effect SET state = @state, last_error = @reason, next_try_utc = NULL
WHERE effect_id = @effect_id AND state = 'sending';
UPDATE etl.item SET state = @state, code = @code, reason = @reason, settled_utc = @now,
                    fingerprint = COALESCE(@fingerprint, fingerprint),
                    resolution = CASE WHEN EXISTS (
                      SELECT 1 FROM etl.item AS n
                      WHERE n.order_id = etl.item.order_id AND n.pipeline = etl.item.pipeline
                        AND n.item_id > etl.item.item_id AND n.state IN ('held', 'failed') AND n.resolution IS NULL
                    ) THEN 'SUPERSEDED' END,
                    resolved_utc = CASE WHEN EXISTS (
                      SELECT 1 FROM etl.item AS n
                      WHERE n.order_id = etl.item.order_id AND n.pipeline = etl.item.pipeline
                        AND n.item_id > etl.item.item_id AND n.state IN ('held', 'failed') AND n.resolution IS NULL
                    ) THEN @now END
WHERE state = 'loading' AND item_id = (SELECT e.item_id FROM etl.effect AS e WHERE e.effect_id = @effect_id);
