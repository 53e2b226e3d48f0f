-- Writes rows of a sync table the way replication does; for the sample tenant and the tests alone.
-- In:  @rows (JSON list of objects). {table}; {columns} and {typed} from the names of the rows; {same_key}.
-- Out: the rows are there; those with the same keys are replaced as a whole.
DELETE t FROM dbo.{table} AS t
WHERE EXISTS (SELECT 1 FROM OPENJSON(@rows) WITH ({typed}) AS r WHERE {same_key});
INSERT INTO dbo.{table} ({columns})
SELECT {columns} FROM OPENJSON(@rows) WITH ({typed}) AS r;
