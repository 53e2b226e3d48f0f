-- planned -> void: every member left it. Its number stays used. In: @wave_id.
UPDATE etl.wave SET state = 'void'
WHERE wave_id = @wave_id AND state = 'planned'
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS e WHERE e.wave_id = @wave_id);
