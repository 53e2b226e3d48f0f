-- The signature of version v, from its frozen rows; word for word as freeze/signature has it of dbo. A part of a statement.
(v.modified_at || '/' || v.status_id || '/' || COALESCE((
  SELECT GROUP_CONCAT(d.OrderLine || ',' || d.ItemCode || ',' || d.Quantity || ',' || d.PriceEach || ',' || d.PriceTotal,
                      ';' ORDER BY d.OrderLine)
  FROM etl.frozen_OrderDetails AS d WHERE d.change_set_id = v.change_set_id AND d.OrderID = v.order_id), '') || '/' || COALESCE((
  SELECT GROUP_CONCAT(p.PaymentID || ',' || p.Amount || ',' || p.ModifiedDate, ';' ORDER BY p.PaymentID)
  FROM etl.frozen_Payments AS p WHERE p.change_set_id = v.change_set_id AND p.OrderID = v.order_id), ''))
