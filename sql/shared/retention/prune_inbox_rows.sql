-- Deletes what 3PLs said in files settled before @inbox_before. All rows of an order go together, so that what is judged is
-- never a part of it: not while a later file speaks of it, nor while anything about it is under way or waits. A row that
-- cannot be used goes unless it waits. In: @inbox_before.
DELETE FROM etl.inbox_row
WHERE file_id IN (SELECT f.file_id FROM etl.inbox_file AS f WHERE f.settled_utc < @inbox_before AND f.pruned_utc IS NULL)
  AND NOT EXISTS (SELECT 1 FROM etl.inbox_file AS f JOIN etl.batch AS b ON b.change_set_id = f.change_set_id
                  WHERE f.file_id = etl.inbox_row.file_id AND b.state <> 'closed')
  AND NOT EXISTS (SELECT 1 FROM etl.inbox_row AS r JOIN etl.inbox_file AS f ON f.file_id = r.file_id
                  WHERE r.order_id = etl.inbox_row.order_id
                    AND (f.settled_utc IS NULL OR f.settled_utc >= @inbox_before))
  AND NOT EXISTS (SELECT 1 FROM etl.item AS i
                  WHERE i.order_id = etl.inbox_row.order_id
                    AND (i.settled_utc IS NULL OR (i.state IN ('held', 'failed') AND i.resolution IS NULL)))
  AND (code IS NULL
       OR NOT EXISTS (SELECT 1 FROM etl.item AS i
                      WHERE i.order_id IS NULL
                        AND i.item_key = CONCAT('inbox/', etl.inbox_row.file_id, '/', etl.inbox_row.line)
                        AND (i.settled_utc IS NULL OR (i.state IN ('held', 'failed') AND i.resolution IS NULL))));
