-- A mail as it stands. In: @mail_key. Out: state, item_id.
SELECT state, item_id FROM etl.mail WHERE mail_key = @mail_key;
