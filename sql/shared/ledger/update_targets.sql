-- Stores that updates of a step are on their way to, or wait for. In: @pipeline, @step. Out: target.
SELECT DISTINCT target FROM etl.effect WHERE pipeline = @pipeline AND step = @step AND state = 'pending'
UNION
SELECT DISTINCT target FROM etl.effect WHERE pipeline = @pipeline AND step = @step AND state = 'sending'
UNION
SELECT DISTINCT target FROM etl.effect WHERE pipeline = @pipeline AND step = @step AND state = 'accepted'
ORDER BY target;
