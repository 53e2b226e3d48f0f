-- How many payments the kept orders have now, how many of them are as they were copied in the first round, and how many
-- were copied. A NULL counts as different, which freeze/moved then puts right. Correlated as freeze/same_lines is.
-- In: @change_set_id. Out: one row: now, same, copied.
SELECT COUNT(*) AS now, COUNT(x.same) AS same,
       (SELECT COUNT(*) FROM #kept AS k
        JOIN etl.frozen_Payments AS f ON f.change_set_id = @change_set_id AND f.OrderID = k.order_id) AS copied
FROM (
  SELECT (SELECT 1 FROM etl.frozen_Payments AS f
          WHERE f.change_set_id = @change_set_id AND f.PaymentID = y.PaymentID
            AND f.OrderID = y.OrderID AND f.Amount = y.Amount AND f.ModifiedDate = y.ModifiedDate) AS same
  FROM #kept AS k JOIN dbo.Payments AS y ON y.OrderID = k.order_id
) AS x;
