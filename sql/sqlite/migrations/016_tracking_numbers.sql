-- For the search of the dashboard: the second and later tracking numbers of a row of a 3PL. The first is found by the row's
-- own index; most rows have no other.
CREATE TABLE etl.inbox_tracking (
  number  TEXT    NOT NULL,
  file_id INTEGER NOT NULL,
  line    INTEGER NOT NULL,
  PRIMARY KEY (file_id, line, number)
);
CREATE INDEX inbox_tracking_by_number ON etl.inbox_tracking (number);
INSERT INTO etl.inbox_tracking (number, file_id, line)
SELECT DISTINCT t.value, r.file_id, r.line FROM etl.inbox_row AS r JOIN json_each(r.tracking) AS t
WHERE r.tracking LIKE '%","%' AND t.key > 0;
