-- A system has answered: nothing is held against it. In: @system.
UPDATE etl.circuit SET state = 'closed', failures = 0, pauses = 0, opened_utc = NULL, probe_utc = NULL
WHERE system = @system AND (state <> 'closed' OR failures > 0);
