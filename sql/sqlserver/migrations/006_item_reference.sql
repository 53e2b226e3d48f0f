-- An item names its batch without a foreign key. Babelfish for PostgreSQL checks foreign keys with statements of its own,
-- and in a session that lives on fails to find the table again ("relation ... does not exist"), so that no item can be
-- written any more. The same transaction reads the batch it writes items for; a closed batch counts its own.
DECLARE @reference NVARCHAR(300) =
  (SELECT name FROM sys.foreign_keys WHERE parent_object_id = OBJECT_ID('etl.item'));
IF @reference IS NOT NULL EXEC('ALTER TABLE etl.item DROP CONSTRAINT ' + @reference);
