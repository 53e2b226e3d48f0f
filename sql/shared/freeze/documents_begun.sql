-- Documents that a pipeline is working on, or for which something was done: a newer version of them is not frozen.
-- In: @item_keys (JSON texts). Out: item_key.
SELECT i.item_key FROM etl.item AS i
WHERE i.order_id IS NULL AND i.item_key IN (SELECT value FROM OPENJSON(@item_keys))
  AND (i.settled_utc IS NULL OR EXISTS (SELECT 1 FROM etl.effect AS e WHERE e.item_id = i.item_id));
