-- A file of a 3PL: claimed by rename, copied into the archive, read row by row. The row is the intent: it is there
-- before the file is touched.
CREATE TABLE etl.inbox_file (
  file_id       INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  three_pl      NVARCHAR(100) NOT NULL,
  kind          NVARCHAR(100) NOT NULL,        -- of the template's kinds of files
  name          NVARCHAR(400) NOT NULL,        -- as the 3PL named it
  state         NVARCHAR(100) NOT NULL DEFAULT 'claimed',
  claimed_utc   DATETIME2(3) NOT NULL,
  archive       NVARCHAR(1000),                -- where the copy is, relative to the state directory
  bytes         BIGINT,
  sha256        NVARCHAR(100),
  lines_read    INT NOT NULL DEFAULT 0,        -- how far it was read: a restart goes on after this line
  good          INT NOT NULL DEFAULT 0,
  faulty        INT NOT NULL DEFAULT 0,
  repeated      INT NOT NULL DEFAULT 0,        -- rows that an earlier file had
  change_set_id INT,                           -- once it was read to its end
  code          NVARCHAR(100),                 -- why it was set aside
  reason        NVARCHAR(MAX),
  settled_utc   DATETIME2(3),
  CONSTRAINT inbox_file_state_is_known CHECK (state IN ('claimed', 'archived', 'frozen', 'repeated', 'aside', 'gone')),
  CONSTRAINT archived_inbox_file_has_its_copy_and_hash
    CHECK (state NOT IN ('archived', 'frozen', 'repeated') OR (archive IS NOT NULL AND sha256 IS NOT NULL AND bytes IS NOT NULL)),
  CONSTRAINT inbox_file_has_a_change_set_exactly_when_it_is_frozen
    CHECK ((state = 'frozen' AND change_set_id IS NOT NULL) OR (state <> 'frozen' AND change_set_id IS NULL)),
  CONSTRAINT inbox_file_that_was_set_aside_has_a_reason
    CHECK (state NOT IN ('aside', 'gone') OR (code IS NOT NULL AND reason IS NOT NULL)),
  CONSTRAINT inbox_file_is_settled_exactly_when_its_state_is_final
    CHECK ((settled_utc IS NOT NULL AND state IN ('frozen', 'repeated', 'aside', 'gone'))
           OR (settled_utc IS NULL AND state NOT IN ('frozen', 'repeated', 'aside', 'gone')))
);
-- The same content is taken once per 3PL, whatever it is called. A filtered index of this engine takes no OR.
CREATE UNIQUE INDEX inbox_file_is_read_once ON etl.inbox_file (three_pl, sha256)
  WHERE state IN ('archived', 'frozen');
CREATE INDEX inbox_file_open ON etl.inbox_file (three_pl, file_id) WHERE state IN ('claimed', 'archived');
CREATE INDEX inbox_file_by_name ON etl.inbox_file (name);
CREATE INDEX inbox_file_by_change_set ON etl.inbox_file (change_set_id) WHERE change_set_id IS NOT NULL;

-- What a 3PL said, row by row. Kept as long as the ledger.
CREATE TABLE etl.inbox_row (
  file_id        INT NOT NULL,                 -- without a foreign key, see migration 006
  line           INT NOT NULL,
  three_pl       NVARCHAR(100) NOT NULL,
  order_id       INT,                          -- null where the order is not known
  answer         NVARCHAR(100),
  reference      NVARCHAR(200),
  item_code      NVARCHAR(200),
  quantity       NVARCHAR(100),                -- exact decimal
  tracking       NVARCHAR(MAX),                -- JSON: list of numbers
  carrier        NVARCHAR(100),                -- Exigo's name
  ship_method_id INT,
  happened_utc   DATETIME2(3),
  happened_bare  INT NOT NULL DEFAULT 0,       -- only the date is known
  said           NVARCHAR(MAX),                -- the 3PL's words
  content        NVARCHAR(100),                -- hash of what it says, for the same row in another file
  repeats        INT NOT NULL DEFAULT 0,       -- an earlier file had it
  code           NVARCHAR(100),                -- why it cannot be used
  fault          NVARCHAR(MAX),
  raw            NVARCHAR(MAX),                -- of a faulty one: as it stands in the file
  PRIMARY KEY (file_id, line),
  CONSTRAINT inbox_row_is_faulty_exactly_when_it_has_a_fault
    CHECK ((code IS NULL AND fault IS NULL) OR (code IS NOT NULL AND fault IS NOT NULL)),
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
