-- The items of a batch that no person asked for count as those that the mails of unknown outcome were last tried for: none
-- of them is sent again. In: @batch_id.
UPDATE etl.mail SET item_id = (SELECT MAX(i.item_id) FROM etl.item AS i
                               WHERE i.batch_id = @batch_id AND i.order_id = etl.mail.order_id)
WHERE state = 'unknown' AND order_id IN (SELECT i.order_id FROM etl.item AS i WHERE i.batch_id = @batch_id);
