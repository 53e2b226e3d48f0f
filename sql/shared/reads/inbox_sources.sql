-- Where these change sets came from: `inbox/<3pl>`. In: @change_set_ids (JSON).
SELECT change_set_id, source FROM etl.change_set
WHERE change_set_id IN (SELECT value FROM OPENJSON(@change_set_ids));
