-- Deletes the frozen documents of these marketplace orders; the hash of the last one stays with its order. In: @item_keys (JSON).
DELETE FROM etl.frozen_document WHERE item_key IN (SELECT value FROM OPENJSON(@item_keys));
