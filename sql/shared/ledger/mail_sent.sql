-- sending -> sent: the receipt. In: @mail_key, @receipt, @now.
UPDATE etl.mail SET state = 'sent', receipt = @receipt, sent_utc = @now WHERE mail_key = @mail_key AND state = 'sending';
