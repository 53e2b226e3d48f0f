-- Systems that have failed since they last answered; few.
SELECT system, state, failures, pauses, opened_utc, probe_utc, last_utc, last_error FROM etl.circuit WHERE failures > 0;
