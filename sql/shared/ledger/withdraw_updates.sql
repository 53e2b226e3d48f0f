-- Updates that have not left give way to a newer version of their order: pending ones are deleted, and an item of which
-- nothing is open any more is excluded. In: @effect_ids (JSON), @reason, @now.
UPDATE etl.item SET state = 'excluded', code = 'SUPERSEDED', reason = @reason, settled_utc = @now
WHERE state = 'loading'
  AND item_id IN (SELECT e.item_id FROM etl.effect AS e
                  WHERE e.state = 'pending' AND e.effect_id IN (SELECT value FROM OPENJSON(@effect_ids)))
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS o
                  WHERE o.item_id = etl.item.item_id
                    AND (o.state IN ('sending', 'accepted')
                         OR (o.state = 'pending' AND o.effect_id NOT IN (SELECT value FROM OPENJSON(@effect_ids)))));
DELETE FROM etl.effect WHERE state = 'pending' AND effect_id IN (SELECT value FROM OPENJSON(@effect_ids));
