-- The intent to take a file of a 3PL. In: @three_pl, @kind, @name, @shadow, @now. Out: file_id.
INSERT INTO etl.inbox_file (three_pl, kind, name, shadow, claimed_utc) OUTPUT inserted.file_id
VALUES (@three_pl, @kind, @name, @shadow, @now);
