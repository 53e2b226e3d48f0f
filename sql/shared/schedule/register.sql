-- An entry that is seen for the first time: what was due before is nobody's. In: @entry, @now.
INSERT INTO etl.schedule (entry, decided_utc)
SELECT @entry, @now WHERE NOT EXISTS (SELECT 1 FROM etl.schedule WHERE entry = @entry);
