-- The 3PL's answer to a cancellation; a later one takes the place of an earlier one. In: @order_id, @generation, @answer,
-- @evidence, @now.
UPDATE etl.cancellation SET answer = @answer, evidence = @evidence, answered_utc = @now
WHERE order_id = @order_id AND generation = @generation;
