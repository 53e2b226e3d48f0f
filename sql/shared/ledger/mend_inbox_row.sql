-- A row that could not be used was read again. In: its columns.
UPDATE etl.inbox_row
SET order_id = @order_id, answer = @answer, reference = @reference, item_code = @item_code, quantity = @quantity,
    tracking = @tracking, carrier = @carrier, ship_method_id = @ship_method_id, happened_utc = @happened_utc,
    happened_bare = @happened_bare, said = @said, content = @content, repeats = @repeats, code = @code, fault = @fault,
    raw = @raw
WHERE file_id = @file_id AND line = @line AND three_pl = @three_pl AND code IS NOT NULL;
