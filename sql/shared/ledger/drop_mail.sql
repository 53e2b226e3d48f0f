-- Takes an intent back: nothing was sent. In: @mail_key.
DELETE FROM etl.mail WHERE mail_key = @mail_key AND state = 'sending';
