-- A batch in state frozen. In: @pipeline, @change_set_id (null when a person made it), @kind, @items_frozen,
-- @items_unchanged, @now. Out: batch_id. Error: duplicate key when the pipeline has this change set already.
INSERT INTO etl.batch (pipeline, change_set_id, kind, items_frozen, items_unchanged, created_utc)
OUTPUT inserted.batch_id
VALUES (@pipeline, @change_set_id, @kind, @items_frozen, @items_unchanged, @now);
