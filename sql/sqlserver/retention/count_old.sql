-- How many change sets retention/list_old has listed. Out: n.
SELECT COUNT(*) AS n FROM #old_change_set;
