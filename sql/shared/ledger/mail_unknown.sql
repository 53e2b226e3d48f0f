-- sending -> unknown: it may have arrived, and a person must look. In: @mail_key, @error.
UPDATE etl.mail SET state = 'unknown', last_error = @error WHERE mail_key = @mail_key AND state = 'sending';
