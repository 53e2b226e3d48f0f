-- Which frozen rows may go: lists the change sets older than @frozen_before without an unfinished batch or table file, and
-- the orders in them that are still needed: of an unfinished or waiting item, and, until @handed_over_before, what a
-- hand-over file was rendered from. In: @frozen_before, @handed_over_before. Out: work tables of the connection.
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
