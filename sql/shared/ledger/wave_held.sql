-- sending | uploaded -> held: a person must look. Its members are held with it. In: @wave_id, @code, @reason, @now.
UPDATE etl.wave SET state = 'held', last_error = @reason WHERE wave_id = @wave_id AND state IN ('sending', 'uploaded');
UPDATE etl.effect SET state = 'held', last_error = @reason WHERE wave_id = @wave_id AND state = 'pending';
UPDATE etl.item SET state = 'held', code = @code, reason = @reason, settled_utc = @now
WHERE wave_id = @wave_id AND state = 'loading'
  AND item_id IN (SELECT e.item_id FROM etl.effect AS e WHERE e.wave_id = @wave_id);
