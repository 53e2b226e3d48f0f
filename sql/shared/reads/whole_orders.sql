-- These orders in the sync database, with every column there is. {columns} comes from the catalogue. In: @order_ids (JSON).
SELECT {columns} FROM dbo.Orders AS o WHERE o.OrderID IN (SELECT value FROM OPENJSON(@order_ids));
