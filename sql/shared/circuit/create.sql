-- The first failure of a system. In: @system, @state, @failures, @pauses, @opened, @probe, @now, @error.
INSERT INTO etl.circuit (system, state, failures, pauses, opened_utc, probe_utc, last_utc, last_error)
VALUES (@system, @state, @failures, @pauses, @opened, @probe, @now, @error);
