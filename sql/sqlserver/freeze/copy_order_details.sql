-- Copies all lines of the kept orders. In: @change_set_id.
INSERT INTO etl.frozen_OrderDetails (change_set_id, queued, {columns})
SELECT @change_set_id, k.queued, {source_columns}
FROM #kept AS k JOIN dbo.OrderDetails AS s ON s.OrderID = k.order_id
WHERE k.fresh = 1;
