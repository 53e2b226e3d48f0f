-- An incident begins, unless it has; the hints make a second process wait for what is not there yet.
-- In: @kind, @system, @what, @now. Out: 1 row, or 0 when one is open.
INSERT INTO etl.incident (kind, system, what, opened_utc, last_utc)
SELECT @kind, @system, @what, @now, @now
WHERE NOT EXISTS (SELECT 1 FROM etl.incident WITH (UPDLOCK, HOLDLOCK)
                  WHERE kind = @kind AND system = @system AND closed_utc IS NULL);
