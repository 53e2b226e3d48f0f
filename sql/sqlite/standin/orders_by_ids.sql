-- A page of GetOrders for given ids, found by key instead of by a walk through the table: 200 orders out
-- of a million cost 200 look-ups. The other qualifiers apply as in orders_page.
-- In:  as orders_page, and @ids, a JSON list.
-- Out: at most @size rows of dbo.Orders.
SELECT {columns}
FROM (SELECT DISTINCT value AS id FROM json_each(@ids)) AS wanted
CROSS JOIN dbo.Orders AS o ON o.OrderID = wanted.id
WHERE o.OrderID > @after
{qualifiers}
ORDER BY o.OrderID
LIMIT @size
