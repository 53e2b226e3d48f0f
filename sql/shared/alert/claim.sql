-- waiting -> sending: one of the processes that see it takes it. In: @alert_key, @now.
UPDATE etl.alert SET state = 'sending', attempts = attempts + 1, next_try_utc = NULL
WHERE alert_key = @alert_key AND state = 'waiting' AND next_try_utc <= @now;
