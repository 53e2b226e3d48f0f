-- Writes one row of a sync table the way replication does; for the sample tenant and the tests alone.
-- In:  {table}, {columns}, {values} and {same_key}, from the names of the row; a parameter per column.
-- Out: the row is there; one with the same key is replaced as a whole.
DELETE FROM dbo.{table} WHERE {same_key};
INSERT INTO dbo.{table} ({columns}) VALUES ({values});
