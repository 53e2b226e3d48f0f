-- A webhook that was taken; its key refuses it a second time. In: @signature, @now.
INSERT INTO etl.webhook_call (signature, received_utc) VALUES (@signature, @now);
