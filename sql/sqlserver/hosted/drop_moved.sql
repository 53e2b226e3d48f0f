-- Leaves out the orders that moved while they were read: what was read whole must be what the comparison before it saw,
-- by stamp and status, and what is there now, after it, lines and payments included. Then the order stood so
-- between the two, whoever writes. The next freeze takes the others. In: the wanted keys are those of the kept orders.
DELETE FROM #kept WHERE NOT EXISTS (
  SELECT 1 FROM dbo.Orders AS o JOIN dbo.OrdersAfter AS a ON a.OrderID = o.OrderID
  WHERE o.OrderID = #kept.order_id
    AND o.OrderStatusID = a.OrderStatusID AND o.ModifiedDate = a.ModifiedDate
    AND o.OrderStatusID = #kept.status_id AND CAST(o.ModifiedDate AS DATETIME2(7)) = #kept.modified_at
);
DELETE FROM #kept WHERE order_id IN (
  SELECT OrderID FROM (
    SELECT OrderID, OrderLine, ItemCode, Quantity, PriceEach, PriceTotal FROM dbo.OrderDetails
    UNION
    SELECT OrderID, OrderLine, ItemCode, Quantity, PriceEach, PriceTotal FROM dbo.OrderDetailsAfter
  ) AS d GROUP BY OrderID, OrderLine HAVING COUNT(*) > 1
);
DELETE FROM #kept WHERE order_id IN (
  SELECT d.OrderID FROM dbo.OrderDetails AS d
  LEFT JOIN dbo.OrderDetailsAfter AS a ON a.OrderID = d.OrderID AND a.OrderLine = d.OrderLine WHERE a.OrderID IS NULL
  UNION
  SELECT a.OrderID FROM dbo.OrderDetailsAfter AS a
  LEFT JOIN dbo.OrderDetails AS d ON a.OrderID = d.OrderID AND a.OrderLine = d.OrderLine WHERE d.OrderID IS NULL
  UNION
  SELECT p.OrderID FROM dbo.Payments AS p
  LEFT JOIN dbo.PaymentsAfter AS a ON a.PaymentID = p.PaymentID
  WHERE a.PaymentID IS NULL OR a.ModifiedDate <> p.ModifiedDate OR a.Amount <> p.Amount
  UNION
  SELECT a.OrderID FROM dbo.PaymentsAfter AS a
  LEFT JOIN dbo.Payments AS p ON a.PaymentID = p.PaymentID WHERE p.PaymentID IS NULL
);
DELETE FROM #candidate WHERE order_id IN (SELECT id FROM #wanted)
  AND NOT EXISTS (SELECT 1 FROM #kept AS k WHERE k.order_id = #candidate.order_id);
