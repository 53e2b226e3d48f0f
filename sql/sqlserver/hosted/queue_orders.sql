-- Orders the snapshot speaks of. On the sync database. {table}: of the queue. Out: OrderID.
SELECT DISTINCT OrderID FROM queue.{table} WHERE OrderID IS NOT NULL;
