-- Empties the texts of what is settled since before @texts_before: a reason may quote a cell that changed, a 3PL's row or a
-- server. Codes, states, times and keys stay, what waits keeps its reason, and so do the decisions of persons (events).
-- In: @texts_before, @removed (stands where a text must be).
UPDATE etl.effect SET last_error = NULL
  WHERE last_error IS NOT NULL
    AND ((state = 'done' AND done_utc < @texts_before)
         OR EXISTS (SELECT 1 FROM etl.item AS i
                    WHERE i.item_id = etl.effect.item_id AND etl.effect.state IN ('held', 'failed')
                      AND i.settled_utc < @texts_before AND (i.resolved_utc < @texts_before OR i.state NOT IN ('held', 'failed'))));
UPDATE etl.item SET reason = @removed
  WHERE reason IS NOT NULL AND reason <> @removed AND settled_utc < @texts_before
    AND (state IN ('delivered', 'excluded') OR resolved_utc < @texts_before);
UPDATE etl.event SET message = @removed, detail = NULL
  WHERE at_utc < @texts_before AND message <> @removed AND (order_id IS NOT NULL OR item_key IS NOT NULL)
    AND kind NOT IN ('released', 'retried', 'resent', 'dropped');
