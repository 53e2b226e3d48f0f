-- unknown -> sending: a person asked for it once more. In: @mail_key, @item_id, @recipients, @subject, @token, @now.
UPDATE etl.mail SET state = 'sending', item_id = @item_id, recipients = @recipients, subject = @subject, token = @token,
                    intended_utc = @now, last_error = NULL
WHERE mail_key = @mail_key AND state = 'unknown';
