-- Candidates that differ from their last frozen version: unknown ones, ones whose signature moved, and
-- incomplete ones with lines that have not moved since @settled_before.
-- A signature is: stamp, status, lines (line, item, quantity, price, total), payments (id, amount, stamp).
-- It holds the stamp, so a state that went A, B, A is a change. Comparing all of them, not only those at or
-- below the old watermark, is what keeps a row with a stamp in the future from being frozen every cycle.
-- CROSS JOIN keeps the order as written, from the candidates, which are few, to their orders, lines and payments:
-- each by its key, so lines and payments come sorted. One pass, grouped: subqueries per order, or an ORDER BY of
-- GROUP_CONCAT, take twice the time.
-- In: @settled_before (UTC). Out: number of rows kept.
INSERT INTO temp.kept (order_id, queued, settled, signature, status_id, modified_at, since_utc)
SELECT s.order_id, v.signature IS NULL OR v.signature <> s.signature,
       COALESCE(v.signature = s.signature, 0),
       s.signature, s.status_id, s.modified_at,
       CASE WHEN v.signature = s.signature THEN v.since_utc ELSE utc_now() END
FROM (
  SELECT c.order_id, c.reread, o.OrderStatusID AS status_id, o.ModifiedDate AS modified_at, COUNT(d.OrderLine) AS lines,
    o.ModifiedDate || '/' || o.OrderStatusID || '/' || COALESCE(GROUP_CONCAT(
      d.OrderLine || ',' || d.ItemCode || ',' || d.Quantity || ',' || d.PriceEach || ',' || d.PriceTotal, ';'), '')
    || '/' || COALESCE((
      SELECT GROUP_CONCAT(p.PaymentID || ',' || p.Amount || ',' || p.ModifiedDate, ';')
      FROM dbo.Payments AS p WHERE p.OrderID = o.OrderID), '') AS signature
  FROM temp.candidate AS c CROSS JOIN dbo.Orders AS o ON o.OrderID = c.order_id
  LEFT JOIN dbo.OrderDetails AS d ON d.OrderID = o.OrderID
  GROUP BY c.order_id
) AS s
LEFT JOIN etl.aggregate_version AS v ON v.order_id = s.order_id
WHERE v.order_id IS NULL OR v.signature <> s.signature
   OR (s.reread = 1 AND v.since_utc <= @settled_before AND s.lines > 0);
