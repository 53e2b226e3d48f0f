-- A run ends. In: @run_id, @now, @outcome (done | failed | stopped).
UPDATE etl.run SET ended_utc = @now, outcome = @outcome WHERE run_id = @run_id;
