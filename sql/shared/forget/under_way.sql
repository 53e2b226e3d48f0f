-- What is not over of these orders, marketplace orders and this customer: items that are on their way or wait, acts without
-- an end, and batches whose verdicts are not given yet. In: @order_ids, @item_keys (JSON), @customer_id (or null). Out: which, pipeline, state.
SELECT DISTINCT i.item_key AS which, i.pipeline, i.state FROM etl.item AS i
WHERE i.order_id IN (SELECT value FROM OPENJSON(@order_ids))
  AND (i.state IN ('new', 'ready', 'loading') OR (i.state IN ('held', 'failed') AND i.resolution IS NULL))
UNION
SELECT DISTINCT i.item_key, i.pipeline, i.state FROM etl.item AS i
WHERE i.order_id IS NULL AND i.item_key IN (SELECT value FROM OPENJSON(@item_keys))
  AND (i.state IN ('new', 'ready', 'loading') OR (i.state IN ('held', 'failed') AND i.resolution IS NULL))
UNION
SELECT DISTINCT e.item_key, e.pipeline, e.state FROM etl.effect AS e
WHERE e.order_id IN (SELECT value FROM OPENJSON(@order_ids)) AND e.state IN ('pending', 'sending', 'accepted')
UNION
SELECT DISTINCT e.item_key, e.pipeline, e.state FROM etl.effect AS e
WHERE e.item_key IN (SELECT value FROM OPENJSON(@item_keys)) AND e.state IN ('pending', 'sending', 'accepted')
UNION
SELECT DISTINCT CONCAT('', f.OrderID), b.pipeline, b.state FROM etl.batch AS b
JOIN etl.frozen_Orders AS f ON f.change_set_id = b.change_set_id
WHERE b.state <> 'closed' AND f.OrderID IN (SELECT value FROM OPENJSON(@order_ids))
  AND NOT EXISTS (SELECT 1 FROM etl.item AS i
                  WHERE i.batch_id = b.batch_id AND i.order_id = f.OrderID AND i.settled_utc IS NOT NULL)
UNION
SELECT DISTINCT d.item_key, b.pipeline, b.state FROM etl.batch AS b
JOIN etl.frozen_document AS d ON d.change_set_id = b.change_set_id
WHERE b.state = 'frozen' AND d.item_key IN (SELECT value FROM OPENJSON(@item_keys))
UNION
SELECT DISTINCT CONCAT('customer ', c.CustomerID), b.pipeline, b.state FROM etl.batch AS b
JOIN etl.frozen_Customers AS c ON c.change_set_id = b.change_set_id
WHERE b.state <> 'closed' AND c.CustomerID = @customer_id
  AND NOT EXISTS (SELECT 1 FROM etl.frozen_Orders AS f WHERE f.change_set_id = c.change_set_id AND f.CustomerID = c.CustomerID)
ORDER BY 1, 2, 3;
