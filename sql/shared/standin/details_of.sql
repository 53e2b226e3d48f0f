-- Lines of the orders of a page.
-- In:  @ids, a JSON list of OrderIDs. {columns} comes from the catalogue.
-- Out: rows of dbo.OrderDetails by order and line.
SELECT {columns}
FROM dbo.OrderDetails AS d
WHERE d.OrderID IN (SELECT value FROM OPENJSON(@ids))
ORDER BY d.OrderID, d.OrderLine
