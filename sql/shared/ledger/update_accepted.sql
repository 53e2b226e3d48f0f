-- sending -> accepted: GoDataFeed has it, its marketplace has not answered. An older one that waits for its answer has
-- been replaced by it. In: @effect_id, @next_look_utc, @replaced (receipt of the older one), @now.
UPDATE etl.effect SET state = 'accepted', accepted_utc = @now, attempts = 0, next_try_utc = @next_look_utc, last_error = NULL
WHERE effect_id = @effect_id AND state = 'sending';
UPDATE etl.effect SET state = 'done', done_utc = @now, receipt = @replaced, next_try_utc = NULL
WHERE state = 'accepted' AND effect_id <> @effect_id
  AND EXISTS (SELECT 1 FROM etl.effect AS n
              WHERE n.effect_id = @effect_id AND n.state = 'accepted' AND n.pipeline = etl.effect.pipeline
                AND n.step = etl.effect.step AND n.item_key = etl.effect.item_key
                AND n.generation > etl.effect.generation);
UPDATE etl.item SET state = 'delivered', settled_utc = @now
WHERE state = 'loading'
  AND item_id IN (SELECT o.item_id FROM etl.effect AS n JOIN etl.effect AS o
                    ON o.pipeline = n.pipeline AND o.step = n.step AND o.item_key = n.item_key
                   AND o.generation < n.generation AND o.state = 'done'
                  WHERE n.effect_id = @effect_id)
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS p
                  WHERE p.item_id = etl.item.item_id AND p.state IN ('pending', 'sending', 'accepted'));
