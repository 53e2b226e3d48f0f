-- The signature of version v, from its frozen rows; word for word as freeze/signature has it of dbo. A part of a statement.
CAST(HASHBYTES('SHA2_256', CONCAT(CONVERT(VARCHAR(27), v.modified_at, 121), '/', v.status_id, '/',
  (SELECT STRING_AGG(CAST(CONCAT(d.OrderLine, ',', d.ItemCode, ',', CAST(d.Quantity AS DECIMAL(38, 10)), ',',
            CAST(d.PriceEach AS DECIMAL(38, 10)), ',', CAST(d.PriceTotal AS DECIMAL(38, 10))) AS NVARCHAR(MAX)), ';')
          WITHIN GROUP (ORDER BY d.OrderLine)
   FROM etl.frozen_OrderDetails AS d WHERE d.change_set_id = v.change_set_id AND d.OrderID = v.order_id), '/',
  (SELECT STRING_AGG(CAST(CONCAT(y.PaymentID, ',', CAST(y.Amount AS DECIMAL(38, 10)), ',',
            CONVERT(VARCHAR(27), CAST(y.ModifiedDate AS DATETIME2(7)), 121)) AS NVARCHAR(MAX)), ';')
          WITHIN GROUP (ORDER BY y.PaymentID)
   FROM etl.frozen_Payments AS y WHERE y.change_set_id = v.change_set_id AND y.OrderID = v.order_id))) AS VARBINARY(32))
