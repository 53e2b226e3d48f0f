-- Goods that came back, with the verdict on them. In: its columns; @now. Error: duplicate key when they were noted before.
INSERT INTO etl.returned_goods (return_key, three_pl, exigo_order_id, file_id, lines, goods, policy, noted_utc)
VALUES (@return_key, @three_pl, @exigo_order_id, @file_id, @lines, @goods, @policy, @now);
