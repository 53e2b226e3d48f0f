-- All small facts of one scope. In: @scope. Out: name, value.
SELECT name, value FROM etl.watermark WHERE scope = @scope;
