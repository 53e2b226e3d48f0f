-- sending or accepted -> done, and its item is delivered when nothing of it is open any more; what its marketplace was
-- told is kept for good. In: @effect_id, @receipt, @store, @order_number, @now.
UPDATE etl.effect SET state = 'done', done_utc = @now, receipt = @receipt, next_try_utc = NULL, last_error = NULL
WHERE effect_id = @effect_id AND state IN ('sending', 'accepted');
UPDATE etl.item SET state = 'delivered', settled_utc = @now
WHERE state = 'loading'
  AND item_id = (SELECT e.item_id FROM etl.effect AS e WHERE e.effect_id = @effect_id AND e.state = 'done')
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS o
                  WHERE o.item_id = etl.item.item_id AND o.state IN ('pending', 'sending', 'accepted'));
UPDATE etl.marketplace_order
SET reported = (SELECT e.fingerprint FROM etl.effect AS e WHERE e.effect_id = @effect_id), reported_utc = @now
WHERE store = @store AND order_number = @order_number;
