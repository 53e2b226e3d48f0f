-- Takes the copies of the moved orders back and makes them candidates once more, alone. In: @change_set_id.
-- Out: nothing of note.
UPDATE #kept SET fresh = 0;
DELETE FROM #kept WHERE order_id IN (SELECT m.order_id FROM #moved AS m);
DELETE FROM etl.frozen_Orders
WHERE change_set_id = @change_set_id AND OrderID IN (SELECT m.order_id FROM #moved AS m);
DELETE FROM etl.frozen_OrderDetails
WHERE change_set_id = @change_set_id AND OrderID IN (SELECT m.order_id FROM #moved AS m);
DELETE FROM etl.frozen_Payments
WHERE change_set_id = @change_set_id AND OrderID IN (SELECT m.order_id FROM #moved AS m);
UPDATE #candidate SET pending = 0;
UPDATE #candidate SET pending = 1 WHERE order_id IN (SELECT m.order_id FROM #moved AS m);
