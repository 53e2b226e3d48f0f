-- The nightly sweep: every order modified within the horizon is compared with its last frozen version, lines
-- and payments included. In: @horizon.
INSERT INTO #candidate (order_id, reread)
SELECT o.OrderID, 0 FROM dbo.Orders AS o
WHERE o.ModifiedDate >= CAST(@horizon AS DATETIME2(3))
  AND NOT EXISTS (SELECT 1 FROM #candidate AS c WHERE c.order_id = o.OrderID);
