-- Customers of the orders of a page.
-- In:  @ids, a JSON list of CustomerIDs. {columns} comes from the catalogue.
-- Out: rows of dbo.Customers.
SELECT {columns}
FROM dbo.Customers AS c
WHERE c.CustomerID IN (SELECT value FROM OPENJSON(@ids))
