-- Leaves out the orders that moved while they were read: each reading of the order (its signature, itself, and once
-- more after its lines and payments) must show one state. The next freeze takes them. They are the wanted ones. Out:
-- number of them.
DELETE FROM temp.kept WHERE NOT EXISTS (
  SELECT 1 FROM dbo.Orders AS o JOIN dbo.OrdersAfter AS a ON a.OrderID = o.OrderID
  WHERE o.OrderID = temp.kept.order_id
    AND o.OrderStatusID = a.OrderStatusID AND o.ModifiedDate = a.ModifiedDate
    AND o.OrderStatusID = temp.kept.status_id AND o.ModifiedDate = temp.kept.modified_at
);
DELETE FROM temp.candidate WHERE order_id IN (SELECT id FROM temp.wanted)
  AND NOT EXISTS (SELECT 1 FROM temp.kept AS k WHERE k.order_id = temp.candidate.order_id);
