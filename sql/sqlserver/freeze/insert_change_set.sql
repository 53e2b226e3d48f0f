-- Records the change set. In: @source, @kind, @start_at, @end_at, @orders_frozen, @orders_unchanged, @raw_rows, @columns (JSON).
-- Out: change_set_id, frozen_utc.
INSERT INTO etl.change_set (source, kind, start_at, end_at, frozen_utc, orders_frozen, orders_unchanged, raw_rows,
                            columns)
OUTPUT inserted.change_set_id, inserted.frozen_utc
VALUES (@source, @kind, @start_at, @end_at, utc_now(), @orders_frozen, @orders_unchanged, @raw_rows, @columns);
