-- A planned wave. In: @pipeline, @step, @section (null: no notice), @target, @number, @file_name,
-- @config_hash, @shadow, @now. Out: wave_id.
INSERT INTO etl.wave (pipeline, step, section, target, number, file_name, config_hash, shadow, planned_utc)
VALUES (@pipeline, @step, @section, @target, @number, @file_name, @config_hash, @shadow, @now)
RETURNING wave_id;
