-- One batch with its change set. In: @batch_id.
SELECT b.batch_id, b.pipeline, b.change_set_id, b.kind, b.state, b.config_hash, b.items_frozen,
       b.items_unchanged, b.delivered, b.excluded, b.held, b.failed, b.created_utc, b.closed_utc,
       c.frozen_utc, c.start_at, c.end_at
FROM etl.batch AS b LEFT JOIN etl.change_set AS c ON c.change_set_id = b.change_set_id
WHERE b.batch_id = @batch_id;
