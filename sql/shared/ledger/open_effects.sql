-- Effects of a step that are not finished. In: @pipeline, @step. Out: state, effects, next_try_utc (earliest).
SELECT state, COUNT(*) AS effects, MIN(next_try_utc) AS next_try_utc FROM etl.effect
WHERE pipeline = @pipeline AND step = @step AND (state = 'pending' OR state = 'sending') GROUP BY state;
