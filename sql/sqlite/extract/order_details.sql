-- Lines of frozen orders. In: @keys (JSON list of [position, change set, order]). Out: position in the list, {columns}; by
-- position, then line.
SELECT k.key, {columns}
FROM json_each(@keys) AS k
JOIN etl.frozen_OrderDetails AS s ON s.change_set_id = k.value ->> 1 AND s.OrderID = k.value ->> 2
ORDER BY k.key, s.OrderLine;
