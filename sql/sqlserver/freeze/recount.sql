-- Counts the change set again after orders were taken back, and takes its batches back. In: @change_set_id, @orders_frozen, @orders_unchanged,
-- @raw_rows.
UPDATE etl.change_set SET orders_frozen = @orders_frozen, orders_unchanged = @orders_unchanged, raw_rows = @raw_rows
WHERE change_set_id = @change_set_id;
DELETE FROM etl.event
WHERE batch_id IN (SELECT b.batch_id FROM etl.batch AS b WHERE b.change_set_id = @change_set_id);
DELETE FROM etl.batch WHERE change_set_id = @change_set_id;
