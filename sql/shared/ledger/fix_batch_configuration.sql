-- The configuration a batch is transformed with, fixed by its first page. In: @batch_id, @config_hash.
UPDATE etl.batch SET config_hash = @config_hash WHERE batch_id = @batch_id AND config_hash IS NULL;
