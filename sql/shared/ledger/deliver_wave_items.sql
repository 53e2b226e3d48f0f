-- loading -> delivered for the members of a wave whose pipeline has no further step. In: @wave_id, @now.
UPDATE etl.item SET state = 'delivered', settled_utc = @now
WHERE wave_id = @wave_id AND state = 'loading'
  AND item_id IN (SELECT e.item_id FROM etl.effect AS e WHERE e.wave_id = @wave_id);
