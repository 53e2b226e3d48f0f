-- The intent of a mail. In: @mail_key, @item_id, @order_id, @recipients, @subject, @token, @now.
INSERT INTO etl.mail (mail_key, item_id, order_id, recipients, subject, token, intended_utc)
VALUES (@mail_key, @item_id, @order_id, @recipients, @subject, @token, @now);
