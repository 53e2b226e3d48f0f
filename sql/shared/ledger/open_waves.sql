-- Waves of a pipeline that are neither delivered nor void nor held, oldest first. What else is said of
-- the state are the words of the index wave_open on either engine: without it all waves that ever were are read. In: @pipeline.
SELECT wave_id, pipeline, step, target, section, number, file_name, config_hash, state, planned_utc, orders, rows, bytes, sha256,
       token, place, attempts, next_try_utc, last_error, shadow
FROM etl.wave WHERE pipeline = @pipeline AND state IN ('planned', 'sending', 'uploaded')
  AND state NOT IN ('delivered', 'void') AND state IN ('planned', 'sending', 'uploaded', 'held')
ORDER BY wave_id;
