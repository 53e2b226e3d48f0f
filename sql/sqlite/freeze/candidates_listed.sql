-- Every order that the API listed; reread = held as incomplete.
INSERT OR IGNORE INTO temp.candidate (order_id) SELECT OrderID FROM dbo.Orders;
UPDATE temp.candidate SET reread = 1
WHERE order_id IN (SELECT i.order_id FROM etl.item AS i INDEXED BY item_waiting
                   WHERE i.state = 'held' AND i.resolution IS NULL AND i.code = 'INCOMPLETE' AND i.order_id IS NOT NULL);
