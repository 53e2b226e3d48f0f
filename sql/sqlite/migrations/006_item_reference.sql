-- Nothing changes here: an item keeps its foreign key. It is left out on SQL Server, see the migration of this number there.
SELECT 1;
