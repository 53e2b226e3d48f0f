-- An entry as it stands. In: @entry. Out: at most one row.
SELECT entry, decided_utc, asked_utc, skipped, skipped_utc FROM etl.schedule WHERE entry = @entry;
