-- Files of a 3PL that were claimed and are not settled, in the order in which they were claimed. In: @three_pl.
SELECT file_id, kind, name, state, claimed_utc, archive, bytes, lines_read, good, faulty, repeated
FROM etl.inbox_file WHERE three_pl = @three_pl AND (state = 'claimed' OR state = 'archived')
ORDER BY file_id;
