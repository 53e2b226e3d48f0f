-- Where orders stand before a change.
-- In:  @ids, a JSON list of OrderIDs; @keys, a JSON list of OrderKeys.
-- Out: id, order_key, status_id of the orders that exist.
SELECT o.OrderID AS id, o.OrderKey AS order_key, o.OrderStatusID AS status_id
FROM dbo.Orders AS o
WHERE o.OrderID IN (SELECT value FROM OPENJSON(@ids))
UNION
SELECT o.OrderID, o.OrderKey, o.OrderStatusID
FROM dbo.Orders AS o
WHERE o.OrderKey IN (SELECT value FROM OPENJSON(@keys))
