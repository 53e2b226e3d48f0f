-- Orders of the sync database. Out: one row, orders.
SELECT COUNT(*) AS orders FROM dbo.Orders;
