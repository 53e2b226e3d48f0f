-- Lines of frozen orders. In: @keys (JSON list of [change set, order]). Out: position in the list, {columns}; by
-- position, then line.
SELECT k.key, {columns}
FROM json_each(@keys) AS k
JOIN etl.frozen_OrderDetails AS s ON s.change_set_id = k.value ->> 0 AND s.OrderID = k.value ->> 1
ORDER BY k.key, s.OrderLine;
