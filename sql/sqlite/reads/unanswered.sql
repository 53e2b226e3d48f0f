-- Orders whose later step waits for the 3PL's answer, a page at a time. In: @pipeline, @step, @waits (the time that is never
-- due), @after, @limit.
SELECT e.effect_id, e.item_id, e.order_id, e.item_key, e.generation, e.created_utc, i.target, i.batch_id
FROM etl.effect AS e JOIN etl.item AS i ON i.item_id = e.item_id
WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending' AND e.next_try_utc = @waits
  AND e.effect_id > @after
ORDER BY e.effect_id LIMIT @limit;
