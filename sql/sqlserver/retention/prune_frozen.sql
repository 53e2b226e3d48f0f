-- Deletes frozen rows of change sets older than @frozen_before, but never those that are still needed: the order
-- (or document) of an unfinished or waiting item, of an open batch, of a table file not yet delivered, and, until
-- @handed_over_before, what a hand-over file was rendered from. Rows of the tables that have a stamp of their own
-- stay, too, while the freeze may ask whether it has them (from watermark rows-since/<table> on): it would take
-- them for new. In: @frozen_before, @handed_over_before, @now.
DROP TABLE IF EXISTS #needed_order;
DROP TABLE IF EXISTS #old_change_set;
CREATE TABLE #needed_order (change_set_id INT NOT NULL, order_id INT NOT NULL, PRIMARY KEY (change_set_id, order_id));
CREATE TABLE #old_change_set (change_set_id INT NOT NULL PRIMARY KEY);
-- Lists of the few that are open, from their filtered indexes: asked per change set, each would be a scan of all.
INSERT INTO #old_change_set (change_set_id)
  SELECT c.change_set_id FROM etl.change_set AS c
  WHERE c.frozen_utc < @frozen_before AND c.orders_frozen + c.raw_rows > 0
    AND c.change_set_id NOT IN (SELECT b.change_set_id FROM etl.batch AS b
                                WHERE b.state <> 'closed' AND b.change_set_id IS NOT NULL)
    AND c.change_set_id NOT IN (SELECT i.change_set_id FROM etl.item AS i
                                WHERE i.state IN ('new', 'ready', 'loading') AND i.order_id IS NULL
                                  AND NOT EXISTS (SELECT 1 FROM etl.frozen_document AS d
                                                  WHERE d.change_set_id = i.change_set_id AND d.item_key = i.item_key))
    AND c.change_set_id NOT IN (SELECT i.change_set_id FROM etl.item AS i
                                WHERE i.state IN ('held', 'failed') AND i.resolution IS NULL AND i.order_id IS NULL
                                  AND NOT EXISTS (SELECT 1 FROM etl.frozen_document AS d
                                                  WHERE d.change_set_id = i.change_set_id AND d.item_key = i.item_key));
INSERT INTO #needed_order (change_set_id, order_id)
  SELECT n.change_set_id, n.order_id FROM (
    SELECT i.change_set_id, i.order_id FROM etl.item AS i
    WHERE i.state IN ('new', 'ready', 'loading') AND i.order_id IS NOT NULL
    UNION
    SELECT i.change_set_id, i.order_id FROM etl.item AS i
    WHERE i.state IN ('held', 'failed') AND i.resolution IS NULL AND i.order_id IS NOT NULL
    UNION
    SELECT e.change_set_id, e.order_id FROM etl.effect AS e
    WHERE e.order_id IS NOT NULL AND e.created_utc >= @handed_over_before
    UNION
    SELECT i.change_set_id, i.order_id FROM etl.effect AS e JOIN etl.item AS i ON i.item_id = e.item_id
    WHERE e.order_id IS NOT NULL AND e.wave_id IS NOT NULL AND e.created_utc >= @handed_over_before
  ) AS n WHERE n.change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o);
DELETE FROM etl.frozen_Customers
  WHERE change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o)
    AND NOT (queued = 1 AND row_stamp >= COALESCE((SELECT CAST(w.value AS DATETIME2(3)) FROM etl.watermark AS w
             WHERE w.scope = 'exigo' AND w.name = 'rows-since/Customers'), CAST('9999-12-31' AS DATETIME2(3))))
    AND NOT EXISTS (SELECT 1 FROM etl.frozen_Orders AS f
                    JOIN #needed_order AS n ON n.change_set_id = f.change_set_id AND n.order_id = f.OrderID
                    WHERE f.change_set_id = etl.frozen_Customers.change_set_id
                      AND f.CustomerID = etl.frozen_Customers.CustomerID);
DELETE FROM etl.frozen_Orders
  WHERE change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o)
    AND NOT EXISTS (SELECT 1 FROM #needed_order AS n
                    WHERE n.change_set_id = etl.frozen_Orders.change_set_id AND n.order_id = etl.frozen_Orders.OrderID);
DELETE FROM etl.frozen_OrderDetails
  WHERE change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o)
    AND NOT EXISTS (SELECT 1 FROM #needed_order AS n
                    WHERE n.change_set_id = etl.frozen_OrderDetails.change_set_id AND n.order_id = etl.frozen_OrderDetails.OrderID);
DELETE FROM etl.frozen_Payments
  WHERE change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o)
    AND NOT (queued = 1 AND row_stamp >= COALESCE((SELECT CAST(w.value AS DATETIME2(3)) FROM etl.watermark AS w
             WHERE w.scope = 'exigo' AND w.name = 'rows-since/Payments'), CAST('9999-12-31' AS DATETIME2(3))))
    AND NOT EXISTS (SELECT 1 FROM #needed_order AS n
                    WHERE n.change_set_id = etl.frozen_Payments.change_set_id AND n.order_id = etl.frozen_Payments.OrderID);
DELETE FROM etl.frozen_CustomerAccounts
  WHERE change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o)
    AND NOT (queued = 1 AND row_stamp >= COALESCE((SELECT CAST(w.value AS DATETIME2(3)) FROM etl.watermark AS w
             WHERE w.scope = 'exigo' AND w.name = 'rows-since/CustomerAccounts'), CAST('9999-12-31' AS DATETIME2(3))));
DELETE FROM etl.frozen_CustomerSites
  WHERE change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o)
    AND NOT (queued = 1 AND row_stamp >= COALESCE((SELECT CAST(w.value AS DATETIME2(3)) FROM etl.watermark AS w
             WHERE w.scope = 'exigo' AND w.name = 'rows-since/CustomerSites'), CAST('9999-12-31' AS DATETIME2(3))));
DELETE FROM etl.frozen_document
  WHERE change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o)
    AND NOT EXISTS (SELECT 1 FROM etl.item AS i
                    WHERE i.item_key = etl.frozen_document.item_key AND i.order_id IS NULL
                      AND i.change_set_id = etl.frozen_document.change_set_id
                      AND (i.settled_utc IS NULL OR (i.state IN ('held', 'failed') AND i.resolution IS NULL)));
UPDATE etl.change_set SET pruned_utc = @now
  WHERE pruned_utc IS NULL AND change_set_id IN (SELECT o.change_set_id FROM #old_change_set AS o);
