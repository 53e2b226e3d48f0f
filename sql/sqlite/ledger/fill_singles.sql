-- Takes ready items, oldest first: one effect of the first step each (the unique business key is the promise), and the
-- item is loading. In: @pipeline, @step, @limit, @now. Out: items taken.
INSERT INTO etl.effect (pipeline, step, item_key, generation, item_id, order_id, change_set_id, target, fingerprint,
                        created_utc)
SELECT pipeline, @step, item_key, generation, item_id, order_id, change_set_id, target, fingerprint, @now
FROM etl.item WHERE pipeline = @pipeline AND state = 'ready' ORDER BY item_id LIMIT @limit;
UPDATE etl.item SET state = 'loading'
WHERE pipeline = @pipeline AND state = 'ready'
  AND item_id IN (SELECT e.item_id FROM etl.effect AS e
                  WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending');
