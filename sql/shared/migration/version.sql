-- Newest applied version. Out: one row, version (null when none).
SELECT MAX(version) AS version FROM etl.migration;
