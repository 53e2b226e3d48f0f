-- Deletes what is over and older than the retentions: runs and empty change sets (@frozen_before), closed batches with their
-- items, their events, mails and files (@ledger_before). An effect goes only with its item, and only when nothing of its
-- order waits or is under way, in whatever batch: another try is judged by what was done before. Links of orders and of
-- customers stay. What somebody was told goes with the texts (@texts_before), but for incidents that last: they would be told
-- once more. In: @frozen_before, @ledger_before, @texts_before.
DELETE FROM etl.run WHERE COALESCE(ended_utc, started_utc) < @frozen_before;
DELETE FROM etl.change_set
  WHERE frozen_utc < @frozen_before AND orders_frozen + raw_rows = 0;
DELETE FROM etl.event WHERE at_utc < @ledger_before;
DELETE FROM etl.mail WHERE state = 'sent' AND intended_utc < @ledger_before;
DELETE FROM etl.alert
  WHERE created_utc < @texts_before
    AND NOT EXISTS (SELECT 1 FROM etl.incident AS i
                    WHERE i.closed_utc IS NULL AND etl.alert.alert_key LIKE CONCAT('incident/', i.incident_id, '/%'));
-- The few that are under way or wait, from their partial indexes.
CREATE TEMP TABLE IF NOT EXISTS open_item (item_id INTEGER PRIMARY KEY, order_id INTEGER);
DELETE FROM temp.open_item;
INSERT INTO temp.open_item (item_id, order_id)
  SELECT i.item_id, i.order_id FROM etl.item AS i WHERE i.state IN ('new', 'ready', 'loading')
  UNION ALL
  SELECT i.item_id, i.order_id FROM etl.item AS i WHERE i.state IN ('held', 'failed') AND i.resolution IS NULL;
CREATE TEMP TABLE IF NOT EXISTS old_batch (batch_id INTEGER PRIMARY KEY);
DELETE FROM temp.old_batch;
INSERT INTO temp.old_batch (batch_id)
  SELECT b.batch_id FROM etl.batch AS b
  WHERE b.state = 'closed' AND b.closed_utc < @ledger_before
    AND NOT EXISTS (SELECT 1 FROM etl.item AS i
                    WHERE i.batch_id = b.batch_id AND i.state IN ('held', 'failed') AND i.resolution IS NULL)
    AND b.batch_id NOT IN (SELECT i.batch_id FROM temp.open_item AS o JOIN etl.item AS i ON i.order_id = o.order_id
                           JOIN etl.effect AS e ON e.item_id = i.item_id)
    AND b.batch_id NOT IN (SELECT i.batch_id FROM temp.open_item AS o JOIN etl.item AS n ON n.item_id = o.item_id
                           JOIN etl.item AS i ON i.item_key = n.item_key
                           JOIN etl.effect AS e ON e.item_id = i.item_id
                           WHERE i.order_id IS NULL AND o.order_id IS NULL)
    AND NOT EXISTS (SELECT 1 FROM etl.item AS i JOIN etl.effect AS e ON e.item_id = i.item_id
                    WHERE i.batch_id = b.batch_id
                      AND (e.state <> 'done' OR e.done_utc >= @ledger_before));
DELETE FROM etl.effect
  WHERE item_id IN (SELECT i.item_id FROM etl.item AS i
                    WHERE i.batch_id IN (SELECT o.batch_id FROM temp.old_batch AS o));
DELETE FROM etl.shadow_call
  WHERE planned_utc < @ledger_before
    AND NOT EXISTS (SELECT 1 FROM etl.effect AS e WHERE e.effect_id = etl.shadow_call.effect_id);
DELETE FROM etl.item WHERE batch_id IN (SELECT o.batch_id FROM temp.old_batch AS o);
DELETE FROM etl.batch WHERE batch_id IN (SELECT o.batch_id FROM temp.old_batch AS o);
DELETE FROM etl.wave
  WHERE state IN ('delivered', 'void') AND planned_utc < @ledger_before
    AND NOT EXISTS (SELECT 1 FROM etl.effect AS e WHERE e.wave_id = etl.wave.wave_id);
DELETE FROM etl.change_set
  WHERE frozen_utc < @ledger_before AND pruned_utc IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM etl.batch AS b WHERE b.change_set_id = etl.change_set.change_set_id)
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_document AS f WHERE f.change_set_id = etl.change_set.change_set_id)
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_Orders AS f WHERE f.change_set_id = etl.change_set.change_set_id)
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_Payments AS f WHERE f.change_set_id = etl.change_set.change_set_id)
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_Customers AS f WHERE f.change_set_id = etl.change_set.change_set_id)
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_CustomerAccounts AS f WHERE f.change_set_id = etl.change_set.change_set_id)
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_CustomerSites AS f WHERE f.change_set_id = etl.change_set.change_set_id);
