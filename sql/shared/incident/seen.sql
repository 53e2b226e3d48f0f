-- An incident that is open was seen once more. In: @kind, @system, @what, @now. Out: 1 row, or 0 when none is open.
UPDATE etl.incident SET times = times + 1, last_utc = @now, what = @what
WHERE kind = @kind AND system = @system AND closed_utc IS NULL;
