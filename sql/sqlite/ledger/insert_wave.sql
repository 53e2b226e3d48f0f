-- A planned wave. In: @pipeline, @step, @section (null: no notice), @target, @number, @file_name,
-- @config_hash, @now. Out: wave_id.
INSERT INTO etl.wave (pipeline, step, section, target, number, file_name, config_hash, planned_utc)
VALUES (@pipeline, @step, @section, @target, @number, @file_name, @config_hash, @now)
RETURNING wave_id;
