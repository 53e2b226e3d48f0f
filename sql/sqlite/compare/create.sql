-- Rows of another program's files, beside our state: in a file of their own, which is thrown away.
CREATE TABLE theirs (
  row_id INTEGER PRIMARY KEY,
  key    TEXT    NOT NULL,          -- the cell that names the order
  file   TEXT    NOT NULL,
  line   INTEGER NOT NULL,
  cells  TEXT    NOT NULL,          -- JSON: by column of ours
  seen   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX theirs_by_key ON theirs (key, row_id);
