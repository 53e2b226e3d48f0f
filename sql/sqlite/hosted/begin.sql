-- Keys of rows that are to be read from the sync database.
CREATE TEMP TABLE IF NOT EXISTS wanted (id INTEGER PRIMARY KEY);
DELETE FROM temp.wanted;
