-- What this freeze will hold. Out: one row.
SELECT (SELECT COUNT(*) FROM temp.candidate) AS candidates,
       (SELECT COUNT(*) FROM temp.kept) AS kept,
       (SELECT COUNT(*) FROM temp.kept WHERE queued = 1) AS kept_queued,
       (SELECT COUNT(*) FROM temp.queued_row) AS other_rows;
