-- A file of a 3PL: claimed by rename, copied into the archive, read row by row. The row is the intent: it is there
-- before the file is touched.
CREATE TABLE etl.inbox_file (
  file_id       INTEGER PRIMARY KEY AUTOINCREMENT,
  three_pl      TEXT    NOT NULL,
  kind          TEXT    NOT NULL,              -- of the template's kinds of files
  name          TEXT    NOT NULL,              -- as the 3PL named it
  state         TEXT    NOT NULL DEFAULT 'claimed',
  claimed_utc   TEXT    NOT NULL,
  archive       TEXT,                          -- where the copy is, relative to the state directory
  bytes         INTEGER,
  sha256        TEXT,
  lines_read    INTEGER NOT NULL DEFAULT 0,    -- how far it was read: a restart goes on after this line
  good          INTEGER NOT NULL DEFAULT 0,
  faulty        INTEGER NOT NULL DEFAULT 0,
  repeated      INTEGER NOT NULL DEFAULT 0,    -- rows that an earlier file had
  change_set_id INTEGER,                       -- once it was read to its end
  code          TEXT,                          -- why it was set aside
  reason        TEXT,
  settled_utc   TEXT,
  CONSTRAINT inbox_file_state_is_known CHECK (state IN ('claimed', 'archived', 'frozen', 'repeated', 'aside', 'gone')),
  CONSTRAINT archived_inbox_file_has_its_copy_and_hash
    CHECK (state NOT IN ('archived', 'frozen', 'repeated') OR (archive IS NOT NULL AND sha256 IS NOT NULL AND bytes IS NOT NULL)),
  CONSTRAINT inbox_file_has_a_change_set_exactly_when_it_is_frozen
    CHECK ((state = 'frozen') = (change_set_id IS NOT NULL)),
  CONSTRAINT inbox_file_that_was_set_aside_has_a_reason
    CHECK (state NOT IN ('aside', 'gone') OR (code IS NOT NULL AND reason IS NOT NULL)),
  CONSTRAINT inbox_file_is_settled_exactly_when_its_state_is_final
    CHECK ((settled_utc IS NOT NULL) = (state IN ('frozen', 'repeated', 'aside', 'gone')))
);
-- The same content is taken once per 3PL, whatever it is called.
CREATE UNIQUE INDEX inbox_file_is_read_once ON etl.inbox_file (three_pl, sha256)
  WHERE state = 'archived' OR state = 'frozen';
CREATE INDEX inbox_file_open ON etl.inbox_file (three_pl, file_id) WHERE state = 'claimed' OR state = 'archived';
CREATE INDEX inbox_file_by_name ON etl.inbox_file (name);
CREATE INDEX inbox_file_by_change_set ON etl.inbox_file (change_set_id) WHERE change_set_id IS NOT NULL;

-- What a 3PL said, row by row. Kept as long as the ledger.
CREATE TABLE etl.inbox_row (
  file_id        INTEGER NOT NULL REFERENCES etl.inbox_file (file_id),
  line           INTEGER NOT NULL,
  three_pl       TEXT    NOT NULL,
  order_id       INTEGER,                      -- null where the order is not known
  answer         TEXT,
  reference      TEXT,
  item_code      TEXT,
  quantity       TEXT,                         -- exact decimal
  tracking       TEXT,                         -- JSON: list of numbers
  carrier        TEXT,                         -- Exigo's name
  ship_method_id INTEGER,
  happened_utc   TEXT,
  happened_bare  INTEGER NOT NULL DEFAULT 0,   -- only the date is known
  said           TEXT,                         -- the 3PL's words
  content        TEXT,                         -- hash of what it says, for the same row in another file
  repeats        INTEGER NOT NULL DEFAULT 0,   -- an earlier file had it
  code           TEXT,                         -- why it cannot be used
  fault          TEXT,
  raw            TEXT,                         -- of a faulty one: as it stands in the file
  PRIMARY KEY (file_id, line),
  CONSTRAINT inbox_row_is_faulty_exactly_when_it_has_a_fault CHECK ((code IS NULL) = (fault IS NULL)),
  CONSTRAINT good_inbox_row_has_an_order_and_an_answer
    CHECK (code IS NOT NULL OR (order_id IS NOT NULL AND answer IS NOT NULL AND content IS NOT NULL)),
  CONSTRAINT inbox_row_answer_is_known
    CHECK (answer IS NULL OR answer IN ('accepted', 'rejected', 'shipped', 'short', 'canceled', 'not-canceled', 'returned')),
  CONSTRAINT inbox_row_flags_are_flags CHECK (happened_bare IN (0, 1) AND repeats IN (0, 1))
);
CREATE INDEX inbox_row_by_order ON etl.inbox_row (order_id, file_id, line) WHERE order_id IS NOT NULL;
CREATE INDEX inbox_row_of_file ON etl.inbox_row (file_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX inbox_row_by_content ON etl.inbox_row (order_id, content) WHERE order_id IS NOT NULL;
CREATE INDEX inbox_row_faulty ON etl.inbox_row (file_id, line) WHERE code IS NOT NULL;
