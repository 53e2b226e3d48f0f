-- Orders that a 3PL shipped under a tracking number that stands alone, or first, in its row. In: @only (the JSON list of it
-- alone), @first (the beginning of a list that it begins, without wildcards), @after (for the other engine), @limit.
SELECT DISTINCT TOP (@limit) order_id FROM etl.inbox_row
WHERE (tracking_start = SUBSTRING(@only, 3, 120) OR tracking_start LIKE SUBSTRING(@first, 3, 120) + N'%')
  AND order_id IS NOT NULL;
