-- Empties the texts of what is settled since before @texts_before: a reason may quote a cell that changed, a 3PL's row or a
-- server; the words of a 3PL are its receipt, too. Codes, states, times and keys stay, what waits keeps its reason, and so do the decisions of persons (events).
-- In: @texts_before, @removed (stands where a text must be).
UPDATE etl.effect SET last_error = NULL
  WHERE last_error IS NOT NULL
    AND ((state = 'done' AND done_utc < @texts_before)
         OR EXISTS (SELECT 1 FROM etl.item AS i
                    WHERE i.item_id = etl.effect.item_id AND etl.effect.state IN ('held', 'failed')
                      AND i.settled_utc < @texts_before AND (i.resolved_utc < @texts_before OR i.state NOT IN ('held', 'failed'))));
UPDATE etl.effect SET receipt = @removed
  WHERE step = 'canceled' AND state = 'done' AND done_utc < @texts_before AND receipt <> @removed;
UPDATE etl.cancellation SET evidence = @removed
  WHERE evidence IS NOT NULL AND evidence <> @removed AND answered_utc < @texts_before
    AND NOT EXISTS (SELECT 1 FROM etl.item AS i
                    WHERE i.order_id = etl.cancellation.order_id AND i.state IN ('held', 'failed') AND i.resolution IS NULL);
UPDATE etl.mail SET subject = @removed
  WHERE state = 'sent' AND sent_utc < @texts_before AND subject <> @removed;
UPDATE etl.incident SET what = @removed WHERE closed_utc < @texts_before AND what <> @removed;
UPDATE etl.circuit SET last_error = @removed
  WHERE failures = 0 AND last_utc < @texts_before AND last_error <> @removed;
UPDATE etl.item SET reason = @removed
  WHERE reason IS NOT NULL AND reason <> @removed AND settled_utc < @texts_before
    AND (state IN ('delivered', 'excluded') OR resolved_utc < @texts_before);
UPDATE etl.event SET message = @removed, detail = NULL
  WHERE at_utc < @texts_before AND message <> @removed AND (order_id IS NOT NULL OR item_key IS NOT NULL)
    AND kind NOT IN ('released', 'retried', 'resent', 'dropped');
