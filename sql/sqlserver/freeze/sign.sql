-- Signs the copies of this round: the same text as in freeze/keep_changed, of the frozen rows instead of dbo's, so that
-- what is recorded as a version is what was frozen. In: @change_set_id.
INSERT INTO #signed (order_id, signature)
SELECT t.order_id, CAST(HASHBYTES('SHA2_256', CONCAT(CONVERT(VARCHAR(27), t.modified_at, 121), '/', t.status_id, '/', t.lines, '/', t.payments)) AS VARBINARY(32))
FROM (
  SELECT k.order_id, o.OrderStatusID AS status_id, CAST(o.ModifiedDate AS DATETIME2(7)) AS modified_at,
         (SELECT STRING_AGG(CAST(CONCAT(x.OrderLine, ',', x.ItemCode, ',', CAST(x.Quantity AS DECIMAL(38, 10)), ',',
               CAST(x.PriceEach AS DECIMAL(38, 10)), ',', CAST(x.PriceTotal AS DECIMAL(38, 10))) AS NVARCHAR(MAX)), ';')
               WITHIN GROUP (ORDER BY x.OrderLine)
          FROM etl.frozen_OrderDetails AS x WHERE x.change_set_id = @change_set_id AND x.OrderID = k.order_id) AS lines,
         (SELECT STRING_AGG(CAST(CONCAT(x.PaymentID, ',', CAST(x.Amount AS DECIMAL(38, 10)), ',',
               CONVERT(VARCHAR(27), CAST(x.ModifiedDate AS DATETIME2(7)), 121)) AS NVARCHAR(MAX)), ';')
               WITHIN GROUP (ORDER BY x.PaymentID)
          FROM etl.frozen_Payments AS x WHERE x.change_set_id = @change_set_id AND x.OrderID = k.order_id) AS payments
  FROM #kept AS k
  JOIN etl.frozen_Orders AS o ON o.change_set_id = @change_set_id AND o.OrderID = k.order_id
  WHERE k.fresh = 1
) AS t;
