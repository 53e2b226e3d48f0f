-- sending -> done | failed | unknown | waiting. In: @alert_key, @state, @receipt, @last_error, @next_try_utc, @now.
UPDATE etl.alert SET state = @state, receipt = @receipt, last_error = @last_error, next_try_utc = @next_try_utc,
                     ended_utc = CASE WHEN @state = 'waiting' THEN NULL ELSE @now END
WHERE alert_key = @alert_key AND state = 'sending';
