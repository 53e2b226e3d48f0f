-- Files of 3PLs that were read from @since on, by day (UTC). In: @since.
SELECT f.three_pl, substr(f.settled_utc, 1, 10) AS day, COUNT(*) AS files, SUM(COALESCE(f.good, 0)) AS amount,
       SUM(COALESCE(f.faulty, 0)) AS faulty
FROM etl.inbox_file AS f WHERE f.state = 'frozen' AND f.settled_utc >= @since
GROUP BY f.three_pl, substr(f.settled_utc, 1, 10) ORDER BY f.three_pl, day;
