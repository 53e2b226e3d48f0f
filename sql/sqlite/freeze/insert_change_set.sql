-- Records the change set that the work tables hold; its columns come with the first row (freeze/set_columns).
-- In: @source, @kind, @start_at, @end_at. Out: change_set_id, frozen_utc, and the counts.
INSERT INTO etl.change_set (source, kind, start_at, end_at, frozen_utc, orders_frozen, orders_unchanged, raw_rows)
SELECT @source, @kind, @start_at, @end_at, utc_now(),
       (SELECT COUNT(*) FROM temp.kept),
       (SELECT COUNT(*) FROM temp.candidate) - (SELECT COUNT(*) FROM temp.kept),
       (SELECT COUNT(*) FROM temp.kept WHERE queued = 1) + (SELECT COUNT(*) FROM temp.queued_row)
WHERE TRUE
RETURNING change_set_id, frozen_utc, orders_frozen, orders_unchanged, raw_rows;
