-- dbo.OrderStatuses: the names of OrderStatusID, the same for every tenant.
-- In:  nothing; runs once, and again without effect.
-- Out: the table with its eleven rows.
CREATE TABLE IF NOT EXISTS dbo.OrderStatuses (
  OrderStatusID INTEGER NOT NULL,
  OrderStatusDescription TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (OrderStatusID)
);

INSERT INTO dbo.OrderStatuses (OrderStatusID, OrderStatusDescription)
VALUES
  (0, 'Incomplete'),
  (1, 'Pending'),
  (2, 'CCDeclined'),
  (3, 'ACHDeclined'),
  (4, 'Canceled'),
  (5, 'CCPending'),
  (6, 'ACHPending'),
  (7, 'Accepted'),
  (8, 'Printed'),
  (9, 'Shipped'),
  (10, 'PendingInventory')
ON CONFLICT (OrderStatusID) DO NOTHING;
