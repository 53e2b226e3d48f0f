-- Deletes the frozen rows of the listed change sets (retention/list_old), but the needed orders. Rows of the tables that
-- have a stamp of their own stay, too, while the freeze may ask whether it has them (from watermark rows-since/<table>
-- on): it would take them for new. In: @now.
DELETE FROM etl.frozen_Customers
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT (queued = 1 AND ModifiedDate >= COALESCE((SELECT w.value FROM etl.watermark AS w
             WHERE w.scope = 'exigo' AND w.name = 'rows-since/Customers'), '9999'))
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_Orders AS f
                    JOIN temp.needed_order AS n ON n.change_set_id = f.change_set_id AND n.order_id = f.OrderID
                    WHERE f.change_set_id = etl.frozen_Customers.change_set_id
                      AND f.CustomerID = etl.frozen_Customers.CustomerID);
DELETE FROM etl.frozen_Orders
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT EXISTS (SELECT 1 FROM temp.needed_order AS n
                    WHERE n.change_set_id = etl.frozen_Orders.change_set_id AND n.order_id = etl.frozen_Orders.OrderID);
DELETE FROM etl.frozen_OrderDetails
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT EXISTS (SELECT 1 FROM temp.needed_order AS n
                    WHERE n.change_set_id = etl.frozen_OrderDetails.change_set_id AND n.order_id = etl.frozen_OrderDetails.OrderID);
DELETE FROM etl.frozen_Payments
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT (queued = 1 AND ModifiedDate >= COALESCE((SELECT w.value FROM etl.watermark AS w
             WHERE w.scope = 'exigo' AND w.name = 'rows-since/Payments'), '9999'))
    AND NOT EXISTS (SELECT 1 FROM temp.needed_order AS n
                    WHERE n.change_set_id = etl.frozen_Payments.change_set_id AND n.order_id = etl.frozen_Payments.OrderID);
DELETE FROM etl.frozen_CustomerAccounts
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT (queued = 1 AND ModifiedDate >= COALESCE((SELECT w.value FROM etl.watermark AS w
             WHERE w.scope = 'exigo' AND w.name = 'rows-since/CustomerAccounts'), '9999'));
DELETE FROM etl.frozen_CustomerSites
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT (queued = 1 AND ModifiedDate >= COALESCE((SELECT w.value FROM etl.watermark AS w
             WHERE w.scope = 'exigo' AND w.name = 'rows-since/CustomerSites'), '9999'));
DELETE FROM etl.frozen_document
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT EXISTS (SELECT 1 FROM etl.item AS i
                    WHERE i.item_key = etl.frozen_document.item_key AND i.order_id IS NULL
                      AND i.change_set_id = etl.frozen_document.change_set_id
                      AND (i.settled_utc IS NULL OR (i.state IN ('held', 'failed') AND i.resolution IS NULL)));
UPDATE etl.change_set SET pruned_utc = @now
  WHERE pruned_utc IS NULL AND change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o);
