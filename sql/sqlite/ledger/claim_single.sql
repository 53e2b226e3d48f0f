-- pending -> sending for the effect of a step that has been due for longest: one that was tried comes after those that
-- were due before its next try. In: @pipeline, @step, @target (null: any), @token, @now,
-- @absence_proves_utc (before it, not seeing the effect proves nothing). Out: the effect, or none.
-- The first of those that were not tried (effect_open; they are numbered as they were made) and the first of those that
-- were (effect_retry), then the earlier of the two: two looks into indexes, however many wait.
UPDATE etl.effect SET state = 'sending', token = @token, next_try_utc = @absence_proves_utc
WHERE effect_id IN (
  SELECT d.effect_id
  FROM (
    SELECT n.effect_id, n.due_utc
    FROM (SELECT e.effect_id, e.created_utc AS due_utc FROM etl.effect AS e
          WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending'
            AND (@target IS NULL OR e.target = @target) AND e.next_try_utc IS NULL
          ORDER BY e.effect_id LIMIT 1) AS n
    UNION ALL
    SELECT t.effect_id, t.due_utc
    FROM (SELECT e.effect_id, e.next_try_utc AS due_utc FROM etl.effect AS e
          WHERE e.pipeline = @pipeline AND e.step = @step AND e.state = 'pending'
            AND (@target IS NULL OR e.target = @target) AND e.next_try_utc IS NOT NULL AND e.next_try_utc <= @now
          ORDER BY e.next_try_utc, e.effect_id LIMIT 1) AS t
  ) AS d
  ORDER BY d.due_utc, d.effect_id LIMIT 1
)
RETURNING effect_id, item_id, item_key, order_id, change_set_id, target, attempts, generation, request;
