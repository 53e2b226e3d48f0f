-- Work tables of one freeze, private to the connection.
--   candidate    orders to look at; reread = held as incomplete
--   kept         candidates that differ from their last frozen version; queued = it is news to the consumers of the raw
--                tables, too, not the same version kept once more as settled
--   queued_row   rows of the other four tables that were not frozen before
CREATE TEMP TABLE IF NOT EXISTS candidate (
  order_id INTEGER PRIMARY KEY, reread INTEGER NOT NULL DEFAULT 0
);
CREATE TEMP TABLE IF NOT EXISTS kept (
  order_id INTEGER PRIMARY KEY, queued INTEGER NOT NULL, settled INTEGER NOT NULL,
  status_id INTEGER NOT NULL, modified_at TEXT NOT NULL, since_utc TEXT NOT NULL
);
CREATE TEMP TABLE IF NOT EXISTS queued_row (
  source_table TEXT NOT NULL, row_key INTEGER NOT NULL, PRIMARY KEY (source_table, row_key)
) WITHOUT ROWID;
DELETE FROM temp.candidate;
DELETE FROM temp.kept;
DELETE FROM temp.queued_row;
