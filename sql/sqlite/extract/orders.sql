-- Frozen orders by key, in the order of the list. In: @keys (JSON list of [change set, order]). {columns}: what is used.
SELECT k.value ->> 0, {columns}
FROM json_each(@keys) AS k
JOIN etl.frozen_Orders AS s ON s.change_set_id = k.value ->> 0 AND s.OrderID = k.value ->> 1
ORDER BY k.key;
