-- Empties customers that stay for their stamp alone (retention/prune_frozen): number and stamp are all that is asked for.
-- {blank} sets every other column.
UPDATE etl.frozen_Customers SET {blank}
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_Orders AS f
                    JOIN temp.needed_order AS n ON n.change_set_id = f.change_set_id AND n.order_id = f.OrderID
                    WHERE f.change_set_id = etl.frozen_Customers.change_set_id
                      AND f.CustomerID = etl.frozen_Customers.CustomerID);
