-- Batches of a pipeline that are not closed, oldest first. In: @pipeline.
SELECT batch_id, change_set_id, kind, state, config_hash, items_frozen
FROM etl.batch WHERE pipeline = @pipeline AND state <> 'closed' ORDER BY batch_id;
