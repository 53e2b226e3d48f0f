-- The queue schema and the bookmark of the reference procedure. Runs once, in an empty database.
IF SCHEMA_ID('queue') IS NULL EXEC('CREATE SCHEMA queue');
CREATE TABLE queue.Bookmark (StartDate DATETIME NOT NULL, RunDate DATETIME NOT NULL);
