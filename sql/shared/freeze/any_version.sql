-- Whether an order was ever frozen by the live flow. Until then the frozen tables lack the columns that comparing names.
-- Out: known, 0 or 1.
SELECT CASE WHEN EXISTS (SELECT 1 FROM etl.aggregate_version) THEN 1 ELSE 0 END AS known;
