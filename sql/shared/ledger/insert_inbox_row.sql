-- A row of a file. In: its columns.
INSERT INTO etl.inbox_row (file_id, line, three_pl, order_id, answer, reference, item_code, quantity, tracking, carrier,
                           ship_method_id, happened_utc, happened_bare, said, content, repeats, code, fault, raw)
VALUES (@file_id, @line, @three_pl, @order_id, @answer, @reference, @item_code, @quantity, @tracking, @carrier,
        @ship_method_id, @happened_utc, @happened_bare, @said, @content, @repeats, @code, @fault, @raw);
