-- sending | uploaded -> delivered, with its members' effects. In: @wave_id, @receipt, @now. Out: effects done.
UPDATE etl.wave SET state = 'delivered', delivered_utc = @now, receipt = @receipt
WHERE wave_id = @wave_id AND state IN ('sending', 'uploaded', 'held') AND sha256 IS NOT NULL;
UPDATE etl.effect SET state = 'done', done_utc = @now, receipt = @receipt
WHERE wave_id = @wave_id AND state IN ('pending', 'held');
