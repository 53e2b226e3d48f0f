-- Orders that a 3PL shipped under a tracking number that stands alone, or first, in its row. In: @only (the JSON list of it
-- alone), @first (the beginning of a list that it begins), @after (the least text behind those), @limit.
SELECT DISTINCT order_id FROM etl.inbox_row
WHERE tracking IS NOT NULL AND (tracking = @only OR (tracking >= @first AND tracking < @after)) AND order_id IS NOT NULL
LIMIT @limit;
