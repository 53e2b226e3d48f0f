-- Payments of the orders of a page.
-- In:  @ids, a JSON list of OrderIDs. {columns} comes from the catalogue.
-- Out: rows of dbo.Payments by order and payment.
SELECT {columns}
FROM dbo.Payments AS p
WHERE p.OrderID IN (SELECT value FROM OPENJSON(@ids))
ORDER BY p.OrderID, p.PaymentID
