-- Empties the rows of a customer in {table} but for number and stamp (forget/blank_payments). In: @customer_id.
UPDATE etl.{table} SET {blank} WHERE CustomerID = @customer_id;
