-- Orders that share their marketplace key with another one, Canceled ones left out; groups of which one has moved since
-- @start_at (US Central). {key} is the column of the key, from the catalogue. Keys read marketplace:number;
-- a value that more than 20 orders share is none.
-- Out: order_id, order_key.
SELECT o.OrderID AS order_id, {key} AS order_key
FROM dbo.Orders AS o
WHERE o.OrderStatusID <> 4 AND {key} IN (
  SELECT {key} FROM dbo.Orders AS o
  WHERE o.OrderStatusID <> 4 AND {key} LIKE '%_:_%'
  GROUP BY {key} HAVING COUNT(*) BETWEEN 2 AND 20 AND MAX(o.ModifiedDate) >= @start_at)
ORDER BY order_id;
