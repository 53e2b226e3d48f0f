-- Orders of this round that changed while they were copied, statement by statement: the copy must be what dbo says now,
-- and what it said when the order was kept. Then the same state was read twice, once in full before the other began:
-- between the two the order stood as it was copied, whatever the isolation level and whoever writes.
-- What the change set may lack is asked for by a scalar subquery: an index seek per row, whatever the server thinks of the
-- size of a new change set. In: @change_set_id. Out: number of orders.
DELETE FROM #moved;
INSERT INTO #moved (order_id)
SELECT k.order_id FROM #kept AS k
WHERE k.fresh = 1
  AND COALESCE((SELECT 1 FROM etl.frozen_Orders AS f JOIN dbo.Orders AS o ON o.OrderID = f.OrderID
                WHERE f.change_set_id = @change_set_id AND f.OrderID = k.order_id
                  AND o.OrderStatusID = f.OrderStatusID AND o.OrderStatusID = k.status_id
                  AND o.ModifiedDate = f.ModifiedDate AND CAST(o.ModifiedDate AS DATETIME2(7)) = k.modified_at), 0) = 0
UNION
SELECT k.order_id FROM #kept AS k
JOIN etl.frozen_OrderDetails AS f ON f.change_set_id = @change_set_id AND f.OrderID = k.order_id
LEFT JOIN dbo.OrderDetails AS d ON d.OrderID = f.OrderID AND d.OrderLine = f.OrderLine
WHERE k.fresh = 1
  AND (d.OrderID IS NULL
    OR COALESCE(d.ItemCode, '') COLLATE Latin1_General_BIN2 <> COALESCE(f.ItemCode, '') COLLATE Latin1_General_BIN2
    OR COALESCE(d.Quantity, 0) <> COALESCE(f.Quantity, 0) OR COALESCE(d.PriceEach, 0) <> COALESCE(f.PriceEach, 0)
    OR COALESCE(d.PriceTotal, 0) <> COALESCE(f.PriceTotal, 0))
UNION
SELECT k.order_id FROM #kept AS k
JOIN dbo.OrderDetails AS d ON d.OrderID = k.order_id
WHERE k.fresh = 1
  AND COALESCE((SELECT 1 FROM etl.frozen_OrderDetails AS f
                WHERE f.change_set_id = @change_set_id AND f.OrderID = d.OrderID AND f.OrderLine = d.OrderLine), 0) = 0
UNION
SELECT k.order_id FROM #kept AS k
JOIN etl.frozen_Payments AS f ON f.change_set_id = @change_set_id AND f.OrderID = k.order_id
LEFT JOIN dbo.Payments AS y ON y.PaymentID = f.PaymentID AND y.OrderID = f.OrderID
WHERE k.fresh = 1
  AND (y.PaymentID IS NULL OR COALESCE(y.Amount, 0) <> COALESCE(f.Amount, 0)
    OR COALESCE(y.ModifiedDate, '19000101') <> COALESCE(f.ModifiedDate, '19000101'))
UNION
SELECT k.order_id FROM #kept AS k
JOIN dbo.Payments AS y ON y.OrderID = k.order_id
WHERE k.fresh = 1
  AND COALESCE((SELECT 1 FROM etl.frozen_Payments AS f
                WHERE f.change_set_id = @change_set_id AND f.PaymentID = y.PaymentID), 0) = 0;
