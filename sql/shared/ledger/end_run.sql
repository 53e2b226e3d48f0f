-- A run ends, unless its lease was taken. In: @run_id, @now, @outcome (done | failed | stopped), @lease, @token.
UPDATE etl.run SET ended_utc = @now, outcome = @outcome
WHERE run_id = @run_id
  AND EXISTS (SELECT 1 FROM etl.lease AS l WHERE l.name = @lease AND l.token = @token AND l.released = 0);
