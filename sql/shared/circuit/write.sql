-- A system after a call. In: as circuit/create; @state_before, @failures_before and @probe_before as they were read. Out: 1 row, or 0
-- when another process has written meanwhile: read it again.
UPDATE etl.circuit
SET state = @state, failures = @failures, pauses = @pauses, opened_utc = @opened, probe_utc = @probe, last_utc = @now,
    last_error = @error
WHERE system = @system AND state = @state_before AND failures = @failures_before
  AND (probe_utc = @probe_before OR (probe_utc IS NULL AND @probe_before IS NULL));
