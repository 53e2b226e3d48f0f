-- Webhooks that are too old to be taken again need not be remembered. In: @before.
DELETE FROM etl.webhook_call WHERE received_utc < @before;
