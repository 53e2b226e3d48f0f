-- Files of 3PLs settled before @inbox_before of which no row is left. In: @inbox_before. Out: file_id, archive.
SELECT file_id, archive FROM etl.inbox_file
WHERE settled_utc < @inbox_before AND pruned_utc IS NULL
  AND NOT EXISTS (SELECT 1 FROM etl.inbox_row AS r WHERE r.file_id = etl.inbox_file.file_id)
ORDER BY file_id;
