-- Forgets one small fact. In: @scope, @name.
DELETE FROM etl.watermark WHERE scope = @scope AND name = @name;
