-- Files to 3PLs that were delivered from @since on, by day (UTC); table files have no orders. In: @since.
SELECT w.target AS three_pl, CONVERT(NVARCHAR(10), w.delivered_utc, 120) AS day, COUNT(*) AS files,
       SUM(w.orders) AS amount, 0 AS faulty
FROM etl.wave AS w WHERE w.state = 'delivered' AND w.delivered_utc >= @since AND w.step <> 'table-csv'
GROUP BY w.target, CONVERT(NVARCHAR(10), w.delivered_utc, 120)
ORDER BY w.target, CONVERT(NVARCHAR(10), w.delivered_utc, 120);
