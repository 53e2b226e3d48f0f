-- Copies the kept orders as they stand in dbo, as far as that is still the status and stamp they were kept with.
-- In: @change_set_id. {columns}: of the source, by catalogue.
INSERT INTO etl.frozen_Orders (change_set_id, queued, settled, {columns})
SELECT @change_set_id, k.queued, k.settled, {source_columns}
FROM #kept AS k JOIN dbo.Orders AS s ON s.OrderID = k.order_id
WHERE k.fresh = 1 AND s.OrderStatusID = k.status_id AND CAST(s.ModifiedDate AS DATETIME2(7)) = k.modified_at;
