-- A person or a newer version answers held and failed items. In: @item_ids (JSON), @resolution, @now.
UPDATE etl.item SET resolution = @resolution, resolved_utc = @now
WHERE state IN ('held', 'failed') AND resolution IS NULL
  AND item_id IN (SELECT value FROM OPENJSON(@item_ids));
