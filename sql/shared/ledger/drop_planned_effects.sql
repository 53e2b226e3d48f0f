-- Older versions that are in a planned wave, of which nothing has left, give way too. In: @item_ids (JSON), @now, @reason.
DELETE FROM etl.effect WHERE state = 'pending' AND item_id IN (SELECT value FROM OPENJSON(@item_ids));
UPDATE etl.item SET state = 'excluded', code = 'SUPERSEDED', reason = @reason, settled_utc = @now, wave_id = NULL
WHERE state = 'loading' AND item_id IN (SELECT value FROM OPENJSON(@item_ids));
