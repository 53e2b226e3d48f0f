-- What could not be sent, and is tried again now. In: @channel (as the end of a key), @now.
SELECT alert_key, message, attempts FROM etl.alert
WHERE state = 'waiting' AND next_try_utc <= @now AND alert_key LIKE CONCAT('%/', @channel)
ORDER BY next_try_utc, alert_key;
