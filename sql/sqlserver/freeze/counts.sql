-- What this freeze will hold. Out: one row.
SELECT (SELECT COUNT(*) FROM #candidate) AS candidates,
       (SELECT COUNT(*) FROM #kept) AS kept,
       (SELECT COUNT(*) FROM #kept WHERE queued = 1) AS kept_queued,
       (SELECT COUNT(*) FROM #queued_row) AS other_rows;
