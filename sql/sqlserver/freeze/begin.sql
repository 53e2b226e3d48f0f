-- Work tables of one freeze, private to the connection. No parameters: what a statement with parameters makes
-- vanishes with it.
--   #candidate    orders to look at; reread = held as incomplete; pending = not decided yet in this round
--   #kept         candidates that differ from their last frozen version; queued = it is news to the consumers of the raw
--                 tables, too, not the same version kept once more as settled; fresh = copied in this round
--   #moved        orders whose copy is not the state of one moment: they are copied again
--   #queued_row   rows of the other four tables that were not frozen before; the number comes first in its key, since
--                 texts take longer to compare, by the rules of a collation
DROP TABLE IF EXISTS #candidate;
DROP TABLE IF EXISTS #kept;
DROP TABLE IF EXISTS #moved;
DROP TABLE IF EXISTS #queued_row;
CREATE TABLE #candidate (
  order_id INT NOT NULL PRIMARY KEY, reread INT NOT NULL, pending INT NOT NULL DEFAULT 1
);
CREATE TABLE #kept (
  order_id INT NOT NULL PRIMARY KEY, queued INT NOT NULL, settled INT NOT NULL,
  status_id INT NOT NULL, modified_at DATETIME2(7) NOT NULL, since_utc DATETIME2(3) NOT NULL,
  fresh INT NOT NULL DEFAULT 1
);
CREATE TABLE #moved (order_id INT NOT NULL PRIMARY KEY);
CREATE TABLE #queued_row (
  source_table NVARCHAR(100) NOT NULL, row_key INT NOT NULL,
  PRIMARY KEY (row_key, source_table)
);
