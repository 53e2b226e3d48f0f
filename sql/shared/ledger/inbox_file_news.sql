-- What a file brings: orders it says something new of, and rows that cannot be used. In: @file_id.
SELECT COUNT(DISTINCT CASE WHEN code IS NULL AND repeats = 0 THEN order_id END) AS orders,
       COUNT(CASE WHEN code IS NOT NULL THEN 1 END) AS faulty
FROM etl.inbox_row WHERE file_id = @file_id;
