-- Writes one row of a sync table the way replication does; for the sample tenant and the tests alone.
-- In:  {table}, {columns} and {values}, from the names of the row; a parameter per column.
-- Out: the row is there; one with the same key is replaced as a whole.
INSERT OR REPLACE INTO dbo.{table} ({columns}) VALUES ({values});
