-- Frozen rows of a customer, whole. In: @customer_id.
SELECT * FROM etl.frozen_Customers WHERE CustomerID = @customer_id;
