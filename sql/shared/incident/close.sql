-- What was wrong with a system is over. In: @kind, @system, @now. Out: rows that were open.
UPDATE etl.incident SET closed_utc = @now WHERE kind = @kind AND system = @system AND closed_utc IS NULL;
