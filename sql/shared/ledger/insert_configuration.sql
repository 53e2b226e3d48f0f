-- Keeps a configuration under its hash, once. In: @hash, @json, @now.
INSERT INTO etl.configuration (hash, json, first_used_utc)
SELECT @hash, @json, @now WHERE NOT EXISTS (SELECT 1 FROM etl.configuration WHERE hash = @hash);
