-- Copies the kept orders as they stand in dbo. In: @change_set_id. {columns}: of the source, by catalogue.
INSERT INTO etl.frozen_Orders (change_set_id, queued, settled, {columns})
SELECT @change_set_id, k.queued, k.settled, {source_columns}
FROM #kept AS k JOIN dbo.Orders AS s ON s.OrderID = k.order_id
WHERE k.fresh = 1;
