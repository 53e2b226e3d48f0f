-- new -> its verdict, for items a person made. In: @item_id, @state, @target, @fingerprint, @code, @reason, @settled_utc.
UPDATE etl.item SET state = @state, target = @target, fingerprint = @fingerprint, code = @code, reason = @reason,
                    settled_utc = @settled_utc
WHERE item_id = @item_id AND state = 'new';
