-- Updates that have not left give way to a newer version of their order: pending ones are deleted, and an item of which
-- nothing is on its way is excluded. In: @effect_ids (JSON), @reason, @now.
UPDATE etl.item SET state = 'excluded', code = 'SUPERSEDED', reason = @reason, settled_utc = @now
WHERE state = 'loading'
  AND item_id IN (SELECT e.item_id FROM etl.effect AS e
                  WHERE e.state = 'pending' AND e.effect_id IN (SELECT value FROM OPENJSON(@effect_ids)))
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS o
                  WHERE o.item_id = etl.item.item_id AND o.state IN ('sending', 'accepted'));
DELETE FROM etl.effect WHERE state = 'pending' AND effect_id IN (SELECT value FROM OPENJSON(@effect_ids));
