-- How many heads that were copied in the first round stand in dbo as they were copied. A copy has the status and stamp that
-- the order was kept with (freeze/copy_orders). See src/queue/freeze/copies.ts. In: @change_set_id. Out: one row: same.
SELECT COUNT(*) AS same
FROM etl.frozen_Orders AS f JOIN dbo.Orders AS o ON o.OrderID = f.OrderID
WHERE f.change_set_id = @change_set_id AND o.OrderStatusID = f.OrderStatusID AND o.ModifiedDate = f.ModifiedDate;
