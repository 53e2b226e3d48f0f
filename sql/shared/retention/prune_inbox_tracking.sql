-- Tracking numbers of rows that are not kept any more.
DELETE FROM etl.inbox_tracking
WHERE NOT EXISTS (SELECT 1 FROM etl.inbox_row AS r
                  WHERE r.file_id = etl.inbox_tracking.file_id AND r.line = etl.inbox_tracking.line);
