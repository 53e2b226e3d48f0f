-- The same of a table that no order needs (retention/blank_customers): {table}.
UPDATE etl.{table} SET {blank}
  WHERE change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o);
