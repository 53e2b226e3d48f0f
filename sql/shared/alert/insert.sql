-- The intent to tell something, before it leaves. In: @alert_key, @state (sending, or done for what another one says as
-- well), @message (JSON), @now.
INSERT INTO etl.alert (alert_key, state, message, created_utc, ended_utc)
VALUES (@alert_key, @state, @message, @now, CASE WHEN @state = 'done' THEN @now END);
