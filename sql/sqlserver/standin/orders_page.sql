-- A page of GetOrders: orders that meet every qualifier given, in the order of their ids.
-- In:  @after and @size (the page); every other parameter is null when the caller did not give it.
--      @statuses, @types and @keys are JSON lists. {columns} comes from the catalogue.
-- Out: at most @size rows of dbo.Orders.
SELECT TOP (@size) {columns}
FROM dbo.Orders AS o
WHERE o.OrderID > @after
  AND (@order_id IS NULL OR o.OrderID = @order_id)
  AND (@customer_id IS NULL OR o.CustomerID = @customer_id)
  AND (@customer_key IS NULL OR o.CustomerID IN (SELECT c.CustomerID FROM dbo.Customers AS c WHERE c.CustomerKey = @customer_key))
  AND (@date_start IS NULL OR o.OrderDate >= @date_start)
  AND (@date_end IS NULL OR o.OrderDate <= @date_end)
  AND (@modified_after IS NULL OR o.ModifiedDate > @modified_after)
  AND (@statuses IS NULL OR o.OrderStatusID IN (SELECT value FROM OPENJSON(@statuses)))
  AND (@types IS NULL OR o.OrderTypeID IN (SELECT value FROM OPENJSON(@types)))
  AND (@keys IS NULL OR o.OrderKey IN (SELECT value FROM OPENJSON(@keys)))
  AND (@sub_status IS NULL OR o.OrderSubStatusID = @sub_status)
  AND (@warehouse_id IS NULL OR o.WarehouseID = @warehouse_id)
  AND (@currency IS NULL OR LOWER(o.CurrencyCode) = LOWER(@currency))
  AND (@party_id IS NULL OR o.PartyID = @party_id)
  AND (@batch_id IS NULL OR o.BatchID = @batch_id)
  AND (@referral_id IS NULL OR o.ReferralId = @referral_id)
  AND (@other11 IS NULL OR o.Other11 = @other11)
  AND (@other12 IS NULL OR o.Other12 = @other12)
  AND (@other13 IS NULL OR o.Other13 = @other13)
  AND (@other14 IS NULL OR o.Other14 = @other14)
  AND (@other15 IS NULL OR o.Other15 = @other15)
  AND (@other16 IS NULL OR o.Other16 = @other16)
  AND (@other17 IS NULL OR o.Other17 = @other17)
  AND (@other18 IS NULL OR o.Other18 = @other18)
  AND (@other19 IS NULL OR o.Other19 = @other19)
  AND (@other20 IS NULL OR o.Other20 = @other20)
ORDER BY o.OrderID
