-- Notes that the copies of these files are gone. Those that were read stay, with their hash; what was set aside, gone or
-- a repetition goes. In: @file_ids (JSON), @now.
UPDATE etl.inbox_file SET pruned_utc = @now
WHERE state = 'frozen' AND file_id IN (SELECT value FROM OPENJSON(@file_ids));
DELETE FROM etl.inbox_file
WHERE state IN ('repeated', 'aside', 'gone') AND file_id IN (SELECT value FROM OPENJSON(@file_ids));
