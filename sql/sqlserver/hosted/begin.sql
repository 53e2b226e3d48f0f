-- Keys of rows that are to be read from the sync database. No parameters: what a statement with parameters makes
-- vanishes with it.
DROP TABLE IF EXISTS #wanted;
CREATE TABLE #wanted (id INT NOT NULL PRIMARY KEY);
