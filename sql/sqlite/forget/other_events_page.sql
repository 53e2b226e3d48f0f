-- Events of batches and files, of no order of their own, a page at a time. In: @after, @limit.
SELECT event_id, message, detail FROM etl.event
WHERE event_id > @after AND order_id IS NULL AND item_key IS NULL
ORDER BY event_id LIMIT @limit;
