-- Cycles of an entry that run, or were stopped before their end, oldest first. In: @entry.
SELECT entry, due_utc, state, cause, first_due_utc, stands_for, begun, token, holder, claimed_utc, ended_utc, detail
FROM etl.cycle WHERE entry = @entry AND state IN ('running', 'stopped') ORDER BY due_utc;
