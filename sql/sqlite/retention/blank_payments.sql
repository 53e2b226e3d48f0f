-- The same of payments (retention/blank_customers).
UPDATE etl.frozen_Payments SET {blank}
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)
    AND NOT EXISTS (SELECT 1 FROM temp.needed_order AS n
                    WHERE n.change_set_id = etl.frozen_Payments.change_set_id AND n.order_id = etl.frozen_Payments.OrderID);
