-- The signature of order o as it stands in dbo: stamp, status, lines (line, item, quantity, price, total), payments (id,
-- amount, stamp). A part of a statement.
(o.ModifiedDate || '/' || o.OrderStatusID || '/' || COALESCE((
  SELECT GROUP_CONCAT(d.OrderLine || ',' || d.ItemCode || ',' || d.Quantity || ',' || d.PriceEach || ',' || d.PriceTotal,
                      ';' ORDER BY d.OrderLine)
  FROM dbo.OrderDetails AS d WHERE d.OrderID = o.OrderID), '') || '/' || COALESCE((
  SELECT GROUP_CONCAT(p.PaymentID || ',' || p.Amount || ',' || p.ModifiedDate, ';' ORDER BY p.PaymentID)
  FROM dbo.Payments AS p WHERE p.OrderID = o.OrderID), ''))
