-- Records a change set of documents. In: @source, @kind, @start_at, @end_at, @now, @frozen, @unchanged. Out: change_set_id.
INSERT INTO etl.change_set (source, kind, start_at, end_at, frozen_utc, orders_frozen, orders_unchanged, raw_rows)
OUTPUT inserted.change_set_id
VALUES (@source, @kind, @start_at, @end_at, @now, @frozen, @unchanged, 0);
