-- A run begins. In: @pipeline, @now. Out: run_id.
INSERT INTO etl.run (pipeline, started_utc) VALUES (@pipeline, @now) RETURNING run_id;
