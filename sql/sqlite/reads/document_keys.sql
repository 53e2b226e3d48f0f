-- Keys of the documents of a change set, a page at a time. In: @change_set_id, @after, @limit. Out: item_key.
SELECT item_key FROM etl.frozen_document
WHERE change_set_id = @change_set_id AND item_key > @after ORDER BY item_key LIMIT @limit;
