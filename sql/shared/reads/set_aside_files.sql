-- Files of 3PLs that could not be read, or went missing, and whose name was not read since. In: @since (UTC).
SELECT f.three_pl, f.name, f.state, f.code, f.reason, f.settled_utc FROM etl.inbox_file AS f
WHERE (f.state = 'aside' OR f.state = 'gone') AND f.settled_utc >= @since
  AND NOT EXISTS (SELECT 1 FROM etl.inbox_file AS l
                  WHERE l.name = f.name AND l.three_pl = f.three_pl AND l.file_id > f.file_id
                    AND (l.state = 'archived' OR l.state = 'frozen'))
ORDER BY f.file_id;
