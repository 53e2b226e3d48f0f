-- Takes an order out of a planned wave, of which nothing has left, for good. In: @item_id, @code, @reason, @now.
DELETE FROM etl.effect WHERE item_id = @item_id AND state = 'pending';
UPDATE etl.item SET state = 'excluded', code = @code, reason = @reason, settled_utc = @now, wave_id = NULL
WHERE item_id = @item_id AND state = 'loading';
