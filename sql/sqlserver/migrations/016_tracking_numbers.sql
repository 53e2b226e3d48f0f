-- For the search of the dashboard: the second and later tracking numbers of a row of a 3PL. The first is found by the row's
-- own index; most rows have no other.
CREATE TABLE etl.inbox_tracking (
  number  NVARCHAR(100) NOT NULL,
  file_id INT NOT NULL,                        -- of etl.inbox_row, without a foreign key, see migration 006
  line    INT NOT NULL,
  PRIMARY KEY (file_id, line, number)
);
CREATE INDEX inbox_tracking_by_number ON etl.inbox_tracking (number);
INSERT INTO etl.inbox_tracking (number, file_id, line)
SELECT MIN(CAST(t.value AS NVARCHAR(100))), r.file_id, r.line
FROM etl.inbox_row AS r CROSS APPLY OPENJSON(r.tracking) AS t
WHERE r.tracking LIKE N'%","%' AND t.[key] <> N'0'
GROUP BY r.file_id, r.line, UPPER(CAST(t.value AS NVARCHAR(100))); -- the key may not tell them apart by case
