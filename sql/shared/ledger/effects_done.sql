-- sending -> done, and their items, of which this is the last step, are delivered. In: @effect_ids (JSON), @receipt, @now.
UPDATE etl.effect SET state = 'done', done_utc = @now, receipt = @receipt, next_try_utc = NULL
WHERE state = 'sending' AND effect_id IN (SELECT value FROM OPENJSON(@effect_ids));
UPDATE etl.item SET state = 'delivered', settled_utc = @now
WHERE state = 'loading'
  AND item_id IN (SELECT e.item_id FROM etl.effect AS e
                  WHERE e.effect_id IN (SELECT value FROM OPENJSON(@effect_ids)) AND e.state = 'done');
