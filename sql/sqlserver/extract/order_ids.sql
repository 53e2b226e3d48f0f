-- Orders of a change set in key order. In: @change_set_id, @after, @limit. Out: OrderID.
SELECT TOP (@limit) OrderID FROM etl.frozen_Orders
WHERE change_set_id = @change_set_id AND OrderID > @after ORDER BY OrderID;
