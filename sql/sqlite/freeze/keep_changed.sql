-- Candidates that differ from their last frozen version: unknown ones, ones whose signature moved, and
-- incomplete ones with lines that have not moved since @settled_before.
-- A signature is: stamp, status, lines (line, item, quantity, price, total), payments (id, amount, stamp).
-- It holds the stamp, so a state that went A, B, A is a change. Comparing all of them, not only those at or
-- below the old watermark, is what keeps a row with a stamp in the future from being frozen every cycle.
-- Materialized: the engine would otherwise compute each signature once per place where it is named, four times.
-- CROSS JOIN keeps the order as written: from the candidates, which are few, to the orders.
-- Ordered inside: an ORDER BY of GROUP_CONCAT itself makes a sorter per order, a third more time for nothing.
-- In: @settled_before (UTC). Out: number of rows kept.
WITH s AS MATERIALIZED (
  SELECT c.order_id, c.reread, o.OrderStatusID AS status_id, o.ModifiedDate AS modified_at,
    o.ModifiedDate || '/' || o.OrderStatusID || '/' || COALESCE((
      SELECT GROUP_CONCAT(l.line, ';')
      FROM (SELECT d.OrderLine || ',' || d.ItemCode || ',' || d.Quantity || ',' || d.PriceEach || ',' || d.PriceTotal AS line
            FROM dbo.OrderDetails AS d WHERE d.OrderID = o.OrderID ORDER BY d.OrderLine) AS l), '') || '/' || COALESCE((
      SELECT GROUP_CONCAT(l.payment, ';')
      FROM (SELECT p.PaymentID || ',' || p.Amount || ',' || p.ModifiedDate AS payment
            FROM dbo.Payments AS p WHERE p.OrderID = o.OrderID ORDER BY p.PaymentID) AS l), '') AS signature
  FROM temp.candidate AS c CROSS JOIN dbo.Orders AS o ON o.OrderID = c.order_id
)
INSERT INTO temp.kept (order_id, queued, settled, signature, status_id, modified_at, since_utc)
SELECT s.order_id, v.signature IS NULL OR v.signature <> s.signature,
       COALESCE(v.signature = s.signature, 0),
       s.signature, s.status_id, s.modified_at,
       CASE WHEN v.signature = s.signature THEN v.since_utc ELSE utc_now() END
FROM s
LEFT JOIN etl.aggregate_version AS v ON v.order_id = s.order_id
WHERE v.order_id IS NULL OR v.signature <> s.signature
   OR (s.reread = 1 AND v.since_utc <= @settled_before
       AND EXISTS (SELECT 1 FROM dbo.OrderDetails AS d WHERE d.OrderID = s.order_id));
