-- Whether a target has ready items that are old enough. In: @pipeline, @target, @created_until. Out: one row found = 1,
-- or none.
SELECT 1 AS found
WHERE EXISTS (SELECT 1 FROM etl.item
              WHERE pipeline = @pipeline AND state = 'ready' AND target = @target AND created_utc <= @created_until);
