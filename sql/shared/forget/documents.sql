-- Frozen documents of these marketplace orders. In: @item_keys (JSON).
SELECT json FROM etl.frozen_document WHERE item_key IN (SELECT value FROM OPENJSON(@item_keys));
