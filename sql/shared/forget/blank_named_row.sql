-- Empties a row that could not be used, and names somebody. In: @file_id, @line, @item_key (of its item), @removed.
UPDATE etl.item SET reason = @removed WHERE order_id IS NULL AND item_key = @item_key AND reason IS NOT NULL;
UPDATE etl.event SET message = @removed, detail = NULL WHERE item_key = @item_key;
UPDATE etl.inbox_row SET said = NULL, raw = NULL, fault = @removed WHERE file_id = @file_id AND line = @line;
