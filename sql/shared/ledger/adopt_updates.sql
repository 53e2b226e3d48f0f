-- Updates that a process before this one left on their way: nobody knows when its call went out, so absence proves from
-- now on. In: @pipeline, @step, @target, @token, @absence_proves_utc.
UPDATE etl.effect SET token = @token, next_try_utc = @absence_proves_utc
WHERE pipeline = @pipeline AND step = @step AND state = 'sending' AND target = @target AND token <> @token;
