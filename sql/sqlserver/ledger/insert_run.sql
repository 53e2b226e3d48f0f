-- A run begins, unless its lease was taken. In: @pipeline, @now, @lease, @token. Out: run_id.
INSERT INTO etl.run (pipeline, started_utc)
OUTPUT inserted.run_id
SELECT @pipeline, @now WHERE EXISTS (
  SELECT 1 FROM etl.lease WHERE name = @lease AND token = @token AND released = 0);
