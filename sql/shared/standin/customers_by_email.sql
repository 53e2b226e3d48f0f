-- GetCustomers by e-mail address, in any case. In: @email. Out: id, email, first_name, last_name.
SELECT c.CustomerID AS id, c.Email AS email, c.FirstName AS first_name, c.LastName AS last_name FROM dbo.Customers AS c
WHERE LOWER(c.Email) = LOWER(@email) ORDER BY c.CustomerID;
