-- The signature of order o as it stands in dbo: stamp, status, lines (line, item, quantity, price, total), payments (id,
-- amount, stamp), hashed. Amounts go through DECIMAL(38, 10): MONEY as text has two digits after the point, and a
-- destination may declare more than four. A part of a statement.
CAST(HASHBYTES('SHA2_256', CONCAT(CONVERT(VARCHAR(27), CAST(o.ModifiedDate AS DATETIME2(7)), 121), '/', o.OrderStatusID, '/',
  (SELECT STRING_AGG(CAST(CONCAT(d.OrderLine, ',', d.ItemCode, ',', CAST(d.Quantity AS DECIMAL(38, 10)), ',',
            CAST(d.PriceEach AS DECIMAL(38, 10)), ',', CAST(d.PriceTotal AS DECIMAL(38, 10))) AS NVARCHAR(MAX)), ';')
          WITHIN GROUP (ORDER BY d.OrderLine)
   FROM dbo.OrderDetails AS d WHERE d.OrderID = o.OrderID), '/',
  (SELECT STRING_AGG(CAST(CONCAT(y.PaymentID, ',', CAST(y.Amount AS DECIMAL(38, 10)), ',',
            CONVERT(VARCHAR(27), CAST(y.ModifiedDate AS DATETIME2(7)), 121)) AS NVARCHAR(MAX)), ';')
          WITHIN GROUP (ORDER BY y.PaymentID)
   FROM dbo.Payments AS y WHERE y.OrderID = o.OrderID))) AS VARBINARY(32))
