-- Counts the change set again after orders were taken back. In: @change_set_id, @orders_frozen, @orders_unchanged,
-- @raw_rows.
UPDATE etl.change_set SET orders_frozen = @orders_frozen, orders_unchanged = @orders_unchanged, raw_rows = @raw_rows
WHERE change_set_id = @change_set_id;
