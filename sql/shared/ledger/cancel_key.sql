-- Takes a marketplace order out of its way, because a person canceled it: what has not left is not sent, in no version.
-- In: @pipeline, @item_key, @fingerprint, @code, @reason, @now.
UPDATE etl.effect SET state = 'failed', fingerprint = @fingerprint, last_error = @reason
WHERE state IN ('pending', 'held', 'failed')
  AND item_id IN (SELECT i.item_id FROM etl.item AS i WHERE i.pipeline = @pipeline AND i.item_key = @item_key);
UPDATE etl.item SET state = 'excluded', code = @code, reason = @reason, settled_utc = @now
WHERE pipeline = @pipeline AND item_key = @item_key AND state IN ('new', 'ready', 'loading');
