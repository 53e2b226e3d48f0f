-- new -> ready for items a person made whose target is known. In: @batch_id.
UPDATE etl.item SET state = 'ready' WHERE batch_id = @batch_id AND state = 'new' AND target IS NOT NULL;
