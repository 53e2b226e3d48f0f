-- Candidates that differ from their last frozen version: unknown ones, ones whose signature moved, and
-- incomplete ones with lines that have not moved since @settled_before.
-- A signature is: stamp, status, lines (line, item, quantity, price, total), payments (id, amount, stamp), hashed.
-- It holds the stamp, so a state that went A, B, A is a change. Comparing all of them, not only those at or
-- below the old watermark, is what keeps a row with a stamp in the future from being frozen every cycle.
-- Amounts go through DECIMAL(38, 10): MONEY as text has two digits after the point, and a destination may declare
-- more than four.
-- Only orders with a version are signed here: of the others the copy is (freeze/sign).
-- Correlated on purpose: an index seek per order, whatever the server thinks of the size of a new work table.
-- In: @settled_before (UTC). Out: number of rows kept.
INSERT INTO #kept (order_id, queued, settled, signature, status_id, modified_at, since_utc)
SELECT s.order_id,
       CASE WHEN v.signature = s.signature THEN 0 ELSE 1 END,
       CASE WHEN v.signature = s.signature THEN 1 ELSE 0 END,
       s.signature, s.status_id, s.modified_at,
       CASE WHEN v.signature = s.signature THEN v.since_utc ELSE utc_now() END
FROM (
  SELECT t.order_id, t.reread, t.status_id, t.modified_at,
         CASE WHEN t.known = 1 THEN CAST(HASHBYTES('SHA2_256', CONCAT(CONVERT(VARCHAR(27), t.modified_at, 121), '/', t.status_id, '/', t.lines, '/', t.payments)) AS VARBINARY(32)) END AS signature
  FROM (
    SELECT c.order_id, c.reread, o.OrderStatusID AS status_id, CAST(o.ModifiedDate AS DATETIME2(7)) AS modified_at,
           CASE WHEN w.order_id IS NULL THEN 0 ELSE 1 END AS known,
           CASE WHEN w.order_id IS NOT NULL THEN
             (SELECT STRING_AGG(CAST(CONCAT(d.OrderLine, ',', d.ItemCode, ',', CAST(d.Quantity AS DECIMAL(38, 10)), ',',
               CAST(d.PriceEach AS DECIMAL(38, 10)), ',', CAST(d.PriceTotal AS DECIMAL(38, 10))) AS NVARCHAR(MAX)), ';')
               WITHIN GROUP (ORDER BY d.OrderLine)
              FROM dbo.OrderDetails AS d WHERE d.OrderID = c.order_id) END AS lines,
           CASE WHEN w.order_id IS NOT NULL THEN
             (SELECT STRING_AGG(CAST(CONCAT(y.PaymentID, ',', CAST(y.Amount AS DECIMAL(38, 10)), ',',
               CONVERT(VARCHAR(27), CAST(y.ModifiedDate AS DATETIME2(7)), 121)) AS NVARCHAR(MAX)), ';')
               WITHIN GROUP (ORDER BY y.PaymentID)
              FROM dbo.Payments AS y WHERE y.OrderID = c.order_id) END AS payments
    FROM #candidate AS c
    JOIN dbo.Orders AS o ON o.OrderID = c.order_id
    LEFT JOIN etl.aggregate_version AS w ON w.order_id = c.order_id
    WHERE c.pending = 1
  ) AS t
) AS s
LEFT JOIN etl.aggregate_version AS v ON v.order_id = s.order_id
WHERE v.order_id IS NULL OR v.signature <> s.signature
   OR (s.reread = 1 AND v.since_utc <= CAST(@settled_before AS DATETIME2(3)) 
       AND EXISTS (SELECT 1 FROM dbo.OrderDetails AS d WHERE d.OrderID = s.order_id));
