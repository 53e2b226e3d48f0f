-- What is known of a system. In: @system. Out: at most one row.
SELECT system, state, failures, pauses, opened_utc, probe_utc, last_utc, last_error FROM etl.circuit WHERE system = @system;
