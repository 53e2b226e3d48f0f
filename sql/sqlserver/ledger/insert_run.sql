-- A run begins. In: @pipeline, @now. Out: run_id.
INSERT INTO etl.run (pipeline, started_utc) OUTPUT inserted.run_id VALUES (@pipeline, @now);
