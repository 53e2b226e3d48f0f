-- The change set with the last frozen version of an order, when it is Canceled or Shipped in it, unless a pipeline did or
-- decided something for the order before. In: @order_id, @item_key (the same as text), @pipeline.
SELECT v.change_set_id FROM etl.aggregate_version AS v
WHERE v.order_id = @order_id AND v.status_id IN (4, 9)
  AND NOT EXISTS (SELECT 1 FROM etl.effect AS e WHERE e.pipeline = @pipeline AND e.item_key = @item_key);
