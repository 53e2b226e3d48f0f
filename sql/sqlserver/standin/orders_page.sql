-- A page of GetOrders: orders that meet every qualifier given, in the order of their ids.
-- In:  @after and @size (the page); every other parameter is null when the caller did not give it.
--      @statuses, @types and @keys are JSON lists. {columns} comes from the catalogue.
-- Out: at most @size rows of dbo.Orders.
SELECT TOP (@size) {columns}
FROM dbo.Orders AS o
WHERE o.OrderID > @after
{qualifiers}
ORDER BY o.OrderID
