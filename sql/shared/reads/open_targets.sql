-- Targets with effects of a step that are not finished. In: @pipeline, @step. Out: target.
SELECT DISTINCT target FROM etl.effect
WHERE pipeline = @pipeline AND step = @step AND target IS NOT NULL AND (state = 'pending' OR state = 'sending')
ORDER BY target;
