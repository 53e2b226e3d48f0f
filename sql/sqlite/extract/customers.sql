-- Customers of frozen orders. In: @keys (JSON list of [position, change set, order]). Out: position in the list, {columns}.
SELECT k.key, {columns}
FROM json_each(@keys) AS k
JOIN etl.frozen_Orders AS o ON o.change_set_id = k.value ->> 1 AND o.OrderID = k.value ->> 2
JOIN etl.frozen_Customers AS s ON s.change_set_id = o.change_set_id AND s.CustomerID = o.CustomerID
ORDER BY k.key;
