-- Writes one small fact. In: @scope, @name, @value.
DELETE FROM etl.watermark WHERE scope = @scope AND name = @name;
INSERT INTO etl.watermark (scope, name, value) VALUES (@scope, @name, @value);
