-- Takes an order out of a planned wave because the template cannot take it; it is held. In: @item_id, @code, @reason, @now.
DELETE FROM etl.effect WHERE item_id = @item_id AND state = 'pending';
UPDATE etl.item SET state = 'held', code = @code, reason = @reason, settled_utc = @now, wave_id = NULL
WHERE item_id = @item_id AND state = 'loading';
