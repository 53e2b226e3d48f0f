-- The file of a 3PL that had this content first. In: @three_pl, @sha256.
SELECT file_id, name FROM etl.inbox_file
WHERE three_pl = @three_pl AND sha256 = @sha256 AND (state = 'archived' OR state = 'frozen');
