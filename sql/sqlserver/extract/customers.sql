-- Customers of frozen orders. In: @keys (JSON list of [position, change set, order]). Out: position, {columns}.
SELECT k.position, {columns}
FROM OPENJSON(@keys) WITH (position INT '$[0]', change_set_id INT '$[1]', order_id INT '$[2]') AS k
JOIN etl.frozen_Orders AS o ON o.change_set_id = k.change_set_id AND o.OrderID = k.order_id
JOIN etl.frozen_Customers AS s ON s.change_set_id = o.change_set_id AND s.CustomerID = o.CustomerID
ORDER BY k.position;
