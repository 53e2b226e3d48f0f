-- How many lines the kept orders have now, and how many of them are as they were copied in the first round. A NULL counts
-- as different, which freeze/moved then puts right. Item codes by their letters: a collation may take A for a.
-- Correlated on purpose: an index seek per line, whatever the server thinks of the size of a new change set.
-- In: @change_set_id. Out: one row: now, same.
SELECT COUNT(*) AS now, COUNT(x.same) AS same
FROM (
  SELECT (SELECT 1 FROM etl.frozen_OrderDetails AS f
          WHERE f.change_set_id = @change_set_id AND f.OrderID = d.OrderID AND f.OrderLine = d.OrderLine
            AND f.ItemCode COLLATE Latin1_General_BIN2 = d.ItemCode COLLATE Latin1_General_BIN2
            AND f.Quantity = d.Quantity AND f.PriceEach = d.PriceEach AND f.PriceTotal = d.PriceTotal) AS same
  FROM #kept AS k JOIN dbo.OrderDetails AS d ON d.OrderID = k.order_id
) AS x;
