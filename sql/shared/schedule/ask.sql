-- Somebody asks for a cycle now; the next look of any process begins it. In: @entry, @now.
UPDATE etl.schedule SET asked_utc = @now WHERE entry = @entry;
