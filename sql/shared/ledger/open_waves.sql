-- Waves of a pipeline that are neither delivered nor void nor held, oldest first. In: @pipeline.
SELECT wave_id, pipeline, step, target, number, file_name, config_hash, state, planned_utc, orders, rows, bytes, sha256,
       token, place, attempts, next_try_utc, last_error
FROM etl.wave WHERE pipeline = @pipeline AND state IN ('planned', 'sending', 'uploaded') ORDER BY wave_id;
