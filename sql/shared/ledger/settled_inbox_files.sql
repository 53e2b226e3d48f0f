-- Which of these files of a 3PL are settled, and have their copy. In: @three_pl, @file_ids (JSON).
SELECT file_id, name FROM etl.inbox_file
WHERE file_id IN (SELECT value FROM OPENJSON(@file_ids)) AND three_pl = @three_pl AND settled_utc IS NOT NULL
  AND archive IS NOT NULL;
