-- A run begins, unless its lease was taken. In: @pipeline, @now, @lease, @token. Out: run_id.
INSERT INTO etl.run (pipeline, started_utc)
SELECT @pipeline, @now WHERE EXISTS (
  SELECT 1 FROM etl.lease WHERE name = @lease AND token = @token AND released = 0)
RETURNING run_id;
