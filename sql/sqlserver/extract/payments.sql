-- Payments of frozen orders. In: @keys (JSON list of [position, change set, order]). Out: position, {columns}; by
-- position, then key.
SELECT k.position, {columns}
FROM OPENJSON(@keys) WITH (position INT '$[0]', change_set_id INT '$[1]', order_id INT '$[2]') AS k
JOIN etl.frozen_Payments AS s ON s.change_set_id = k.change_set_id AND s.OrderID = k.order_id
ORDER BY k.position, s.PaymentID;
