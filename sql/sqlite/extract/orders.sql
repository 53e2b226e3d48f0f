-- Frozen orders by key, in the order of the list. In: @keys (JSON list of [position, change set, order]). Out: position,
-- {columns}.
SELECT k.key, {columns}
FROM json_each(@keys) AS k
JOIN etl.frozen_Orders AS s ON s.change_set_id = k.value ->> 1 AND s.OrderID = k.value ->> 2
ORDER BY k.key;
