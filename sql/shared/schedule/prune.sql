-- Cycles that ended before; the newest of each entry stays. In: @before.
DELETE FROM etl.cycle
WHERE ended_utc < @before AND state <> 'stopped'
  AND due_utc < (SELECT MAX(n.due_utc) FROM etl.cycle AS n WHERE n.entry = etl.cycle.entry);
DELETE FROM etl.incident WHERE closed_utc < @before;
