-- The schema etl in SQL Server, as it stands after all migrations.
-- Made from the migrations by "npm run schema", for people to read. What "orderferry migrate" runs is in migrations/.
-- Private: read the tables with plain queries, never write them.
--
-- source ─freeze─► change_set + frozen_* ─► batch (one per pipeline) ─► item ─► effect (grouped in wave | call)
--
-- Names end in _utc for instants (datetime2(3), UTC); *_at columns are the source's own local time (US Central).
-- CHECKs are named as the sentence they enforce; the state machine they guard is drawn in ARCHITECTURE.md.

IF SCHEMA_ID('etl') IS NULL EXEC('CREATE SCHEMA etl');

CREATE TABLE etl.migration (
  version     INT NOT NULL PRIMARY KEY,
  name        NVARCHAR(100) NOT NULL,
  applied_utc DATETIME2(3) NOT NULL
);

CREATE TABLE etl.lease (
  name         NVARCHAR(100) NOT NULL PRIMARY KEY,
  holder       NVARCHAR(400) NOT NULL,
  token        INT NOT NULL,                     -- fencing token: grows with every change of holder
  acquired_utc DATETIME2(3) NOT NULL,
  expires_utc  DATETIME2(3) NOT NULL,
  released     INT NOT NULL DEFAULT 0,
  CONSTRAINT lease_token_is_positive CHECK (token > 0),
  CONSTRAINT lease_released_is_a_flag CHECK (released IN (0, 1))
);

CREATE TABLE etl.counter (
  name  NVARCHAR(100) NOT NULL PRIMARY KEY,
  value INT NOT NULL
);

-- Small facts by name: watermarks of the source's tables, last sweep, last cut-off of a 3PL.
CREATE TABLE etl.watermark (
  scope NVARCHAR(100) NOT NULL,
  name  NVARCHAR(100) NOT NULL,
  value NVARCHAR(400) NOT NULL,
  PRIMARY KEY (scope, name)
);

CREATE TABLE etl.configuration (
  hash           NVARCHAR(100) NOT NULL PRIMARY KEY,
  json           NVARCHAR(MAX) NOT NULL,
  first_used_utc DATETIME2(3) NOT NULL
);

CREATE TABLE etl.run (
  run_id      INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  pipeline    NVARCHAR(100) NOT NULL,
  started_utc DATETIME2(3) NOT NULL,
  ended_utc   DATETIME2(3),
  outcome     NVARCHAR(100),
  CONSTRAINT run_outcome_is_known CHECK (outcome IS NULL OR outcome IN ('done', 'failed', 'stopped')),
  CONSTRAINT run_has_ended_exactly_when_it_has_an_outcome CHECK ((ended_utc IS NULL AND outcome IS NULL) OR (ended_utc IS NOT NULL AND outcome IS NOT NULL))
);
CREATE INDEX run_by_pipeline ON etl.run (pipeline, run_id);

CREATE TABLE etl.change_set (
  change_set_id    INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  source           NVARCHAR(100) NOT NULL,
  kind             NVARCHAR(100) NOT NULL,
  start_at         NVARCHAR(27) NOT NULL,        -- typed start given to queue.Refresh, or first moment of the slice
  end_at           NVARCHAR(27),                 -- first moment after the slice (backfill only)
  frozen_utc       DATETIME2(3) NOT NULL,
  orders_frozen    INT NOT NULL,
  orders_unchanged INT NOT NULL,
  raw_rows         INT NOT NULL,                 -- rows of the six tables for consumers of the raw tables
  columns          NVARCHAR(MAX),                -- JSON: the columns of each table as frozen; null when empty
  pruned_utc       DATETIME2(3),
  CONSTRAINT change_set_kind_is_known CHECK (kind IN ('live', 'backfill')),
  CONSTRAINT change_set_slice_has_an_end CHECK ((kind = 'backfill' AND end_at IS NOT NULL) OR (kind <> 'backfill' AND end_at IS NULL))
);

-- The last frozen version of each order of the live source; what the next freeze is compared with.
CREATE TABLE etl.aggregate_version (
  order_id      INT NOT NULL PRIMARY KEY,
  change_set_id INT NOT NULL,
  signature     VARBINARY(32) NOT NULL,          -- stamp, status, lines, payments
  status_id     INT NOT NULL,
  modified_at   DATETIME2(7) NOT NULL,
  since_utc     DATETIME2(3) NOT NULL            -- when this signature was first frozen
);
CREATE INDEX aggregate_version_by_status ON etl.aggregate_version (status_id, order_id, modified_at);

-- Frozen rows. Columns of the source are added as the catalogue shows them (never dropped). `queued` marks
-- rows that belong to the snapshot itself, the others complete an aggregate; `settled` says that a total
-- that differs has not moved for the settle time.
CREATE TABLE etl.frozen_Orders (
  change_set_id INT NOT NULL,
  queued        INT NOT NULL,
  settled       INT NOT NULL,
  OrderID       INT NOT NULL,
  CustomerID    INT,                             -- declared here because statements of ours name it
  PRIMARY KEY (change_set_id, OrderID)
);
CREATE INDEX frozen_orders_by_order ON etl.frozen_Orders (OrderID, change_set_id);

CREATE TABLE etl.frozen_OrderDetails (
  change_set_id INT NOT NULL,
  queued        INT NOT NULL,
  OrderID       INT NOT NULL,
  OrderLine     INT NOT NULL,
  PRIMARY KEY (change_set_id, OrderID, OrderLine)
);

CREATE TABLE etl.frozen_Payments (
  change_set_id INT NOT NULL,
  queued        INT NOT NULL,
  PaymentID     INT NOT NULL,
  OrderID       INT,
  row_stamp     DATETIME2(7) NOT NULL,           -- ModifiedDate, whatever its type there
  PRIMARY KEY (change_set_id, PaymentID)
);
CREATE INDEX frozen_payments_by_order ON etl.frozen_Payments (change_set_id, OrderID);
CREATE INDEX frozen_payments_by_stamp ON etl.frozen_Payments (PaymentID, row_stamp);

CREATE TABLE etl.frozen_Customers (
  change_set_id INT NOT NULL,
  queued        INT NOT NULL,
  CustomerID    INT NOT NULL,
  row_stamp     DATETIME2(7) NOT NULL,           -- ModifiedDate, whatever its type there
  PRIMARY KEY (change_set_id, CustomerID)
);
CREATE INDEX frozen_customers_by_stamp ON etl.frozen_Customers (CustomerID, row_stamp);

CREATE TABLE etl.frozen_CustomerAccounts (
  change_set_id INT NOT NULL,
  queued        INT NOT NULL,
  CustomerID    INT NOT NULL,
  row_stamp     DATETIME2(7) NOT NULL,           -- ModifiedDate, whatever its type there
  PRIMARY KEY (change_set_id, CustomerID)
);
CREATE INDEX frozen_accounts_by_stamp ON etl.frozen_CustomerAccounts (CustomerID, row_stamp);

CREATE TABLE etl.frozen_CustomerSites (
  change_set_id INT NOT NULL,
  queued        INT NOT NULL,
  CustomerID    INT NOT NULL,
  row_stamp     DATETIME2(7) NOT NULL,           -- ModifiedDate, whatever its type there
  PRIMARY KEY (change_set_id, CustomerID)
);
CREATE INDEX frozen_sites_by_stamp ON etl.frozen_CustomerSites (CustomerID, row_stamp);

CREATE TABLE etl.batch (
  batch_id        INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  pipeline        NVARCHAR(100) NOT NULL,
  change_set_id   INT,                           -- null for batches a person made (release, resend, retry)
  kind            NVARCHAR(100) NOT NULL,
  state           NVARCHAR(100) NOT NULL DEFAULT 'frozen',
  config_hash     NVARCHAR(100),                 -- fixed by the first page of the transform
  items_frozen    INT NOT NULL,
  items_unchanged INT NOT NULL DEFAULT 0,
  delivered       INT,
  excluded        INT,
  held            INT,
  failed          INT,
  created_utc     DATETIME2(3) NOT NULL,
  closed_utc      DATETIME2(3),
  CONSTRAINT batch_kind_is_known CHECK (kind IN ('live', 'backfill', 'release', 'resend', 'retry')),
  CONSTRAINT batch_state_is_known CHECK (state IN ('frozen', 'transformed', 'closed')),
  CONSTRAINT batch_has_a_change_set_unless_a_person_made_it
    CHECK ((change_set_id IS NULL AND kind IN ('release', 'resend', 'retry'))
           OR (change_set_id IS NOT NULL AND kind NOT IN ('release', 'resend', 'retry'))),
  CONSTRAINT batch_is_closed_exactly_when_it_has_a_time CHECK ((state = 'closed' AND closed_utc IS NOT NULL) OR (state <> 'closed' AND closed_utc IS NULL)),
  CONSTRAINT closed_batch_balances
    CHECK (state <> 'closed' OR (delivered IS NOT NULL AND excluded IS NOT NULL AND held IS NOT NULL
           AND failed IS NOT NULL AND items_frozen = delivered + excluded + held + failed))
);
CREATE UNIQUE INDEX batch_is_made_once_per_change_set ON etl.batch (pipeline, change_set_id)
  WHERE change_set_id IS NOT NULL;
CREATE INDEX batch_open ON etl.batch (pipeline, batch_id) WHERE state <> 'closed';

CREATE TABLE etl.item (
  item_id       INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  batch_id      INT NOT NULL,
  pipeline      NVARCHAR(100) NOT NULL,
  item_key      NVARCHAR(200) NOT NULL,          -- order id, or name of the table
  order_id      INT,
  change_set_id INT NOT NULL,                    -- whose frozen rows it is made of
  generation    INT NOT NULL DEFAULT 1,          -- 2 and more only by a person's resend
  state         NVARCHAR(100) NOT NULL,
  target        NVARCHAR(100),                   -- the 3PL, once routed
  fingerprint   NVARCHAR(100),                   -- of what the 3PL would see
  code          NVARCHAR(100),
  reason        NVARCHAR(MAX),
  wave_id       INT,
  created_utc   DATETIME2(3) NOT NULL,
  settled_utc   DATETIME2(3),
  resolution    NVARCHAR(100),                   -- how a held or failed item ended later; null while it waits
  resolved_utc  DATETIME2(3),
  CONSTRAINT item_state_is_known
    CHECK (state IN ('new', 'ready', 'loading', 'delivered', 'excluded', 'held', 'failed')),
  CONSTRAINT item_is_settled_exactly_when_its_state_is_final
    CHECK ((settled_utc IS NOT NULL AND state IN ('delivered', 'excluded', 'held', 'failed'))
           OR (settled_utc IS NULL AND state NOT IN ('delivered', 'excluded', 'held', 'failed'))),
  CONSTRAINT excluded_held_and_failed_items_have_a_code
    CHECK (state NOT IN ('excluded', 'held', 'failed') OR code IS NOT NULL),
  CONSTRAINT held_and_failed_items_have_a_reason
    CHECK (state NOT IN ('held', 'failed') OR reason IS NOT NULL),
  CONSTRAINT only_held_and_failed_items_are_resolved
    CHECK (resolution IS NULL OR state IN ('held', 'failed')),
  CONSTRAINT item_resolution_is_known
    CHECK (resolution IS NULL OR resolution IN ('SUPERSEDED', 'IGNORED', 'RESENT', 'CANCELED', 'RETRIED')),
  CONSTRAINT item_is_resolved_exactly_when_it_has_a_time CHECK ((resolution IS NULL AND resolved_utc IS NULL) OR (resolution IS NOT NULL AND resolved_utc IS NOT NULL)),
  CONSTRAINT item_generation_is_positive CHECK (generation > 0)
);
CREATE UNIQUE INDEX item_is_once_in_its_batch ON etl.item (batch_id, item_key);
CREATE INDEX item_by_order ON etl.item (order_id, pipeline, change_set_id) WHERE order_id IS NOT NULL;
CREATE INDEX item_unsettled ON etl.item (pipeline, state, order_id, target, created_utc)
  WHERE state IN ('new', 'ready', 'loading');
CREATE INDEX item_waiting ON etl.item (pipeline, code, order_id)
  WHERE state IN ('held', 'failed') AND resolution IS NULL;
CREATE INDEX item_by_key ON etl.item (item_key, pipeline, change_set_id) WHERE order_id IS NULL;

-- One hand-over file (or one table file): its members are the effects with its id.
CREATE TABLE etl.wave (
  wave_id       INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  pipeline      NVARCHAR(100) NOT NULL,
  step          NVARCHAR(100) NOT NULL,
  target        NVARCHAR(100) NOT NULL,
  number        INT NOT NULL,
  file_name     NVARCHAR(200) NOT NULL,
  config_hash   NVARCHAR(100) NOT NULL,
  state         NVARCHAR(100) NOT NULL DEFAULT 'planned',
  planned_utc   DATETIME2(3) NOT NULL,
  orders        INT,
  rows          INT,
  bytes         BIGINT,
  sha256        NVARCHAR(100),
  token         INT,                             -- fencing token of the process that sends it
  place         NVARCHAR(200),                   -- which place it was uploaded to: the mark of the folder
  attempts      INT NOT NULL DEFAULT 0,
  next_try_utc  DATETIME2(3),
  last_error    NVARCHAR(MAX),
  delivered_utc DATETIME2(3),
  receipt       NVARCHAR(MAX),
  CONSTRAINT wave_state_is_known CHECK (state IN ('planned', 'sending', 'uploaded', 'delivered', 'held', 'void')),
  CONSTRAINT wave_has_its_bytes_fixed_before_it_is_sent
    CHECK (state NOT IN ('sending', 'uploaded', 'delivered') OR (sha256 IS NOT NULL AND bytes IS NOT NULL
           AND rows IS NOT NULL AND orders IS NOT NULL AND token IS NOT NULL)),
  CONSTRAINT uploaded_wave_knows_its_place CHECK (state <> 'uploaded' OR place IS NOT NULL),
  CONSTRAINT wave_is_delivered_exactly_when_it_has_a_receipt
    CHECK ((state = 'delivered' AND receipt IS NOT NULL AND delivered_utc IS NOT NULL)
           OR (state <> 'delivered' AND (receipt IS NULL OR delivered_utc IS NULL))),
  section NVARCHAR(100),
  shadow INT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX wave_number_is_used_once ON etl.wave (pipeline, target, number);
CREATE INDEX wave_open ON etl.wave (pipeline, wave_id) WHERE state IN ('planned', 'sending', 'uploaded', 'held');
CREATE INDEX wave_by_file ON etl.wave (file_name);

-- One outward act for one business key (pipeline, step, item, generation). The unique index is the promise
-- that nothing is done twice.
CREATE TABLE etl.effect (
  effect_id     INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  pipeline      NVARCHAR(100) NOT NULL,
  step          NVARCHAR(100) NOT NULL,
  item_key      NVARCHAR(200) NOT NULL,
  generation    INT NOT NULL,
  item_id       INT NOT NULL,
  order_id      INT,
  change_set_id INT NOT NULL,                    -- the version the target last accepted, or a person chose to ignore
  state         NVARCHAR(100) NOT NULL DEFAULT 'pending',
  wave_id       INT,
  token         INT,
  attempts      INT NOT NULL DEFAULT 0,
  next_try_utc  DATETIME2(3),
  fingerprint   NVARCHAR(100),                   -- of that version
  receipt       NVARCHAR(MAX),
  last_error    NVARCHAR(MAX),
  created_utc   DATETIME2(3) NOT NULL,
  done_utc      DATETIME2(3),
  CONSTRAINT effect_is_done_exactly_when_it_has_a_receipt
    CHECK ((state = 'done' AND receipt IS NOT NULL AND done_utc IS NOT NULL)
           OR (state <> 'done' AND (receipt IS NULL OR done_utc IS NULL))),
  CONSTRAINT sending_effect_names_its_sender CHECK (state <> 'sending' OR token IS NOT NULL),
  target NVARCHAR(100),
  request NVARCHAR(MAX),
  accepted_utc DATETIME2(3),
  CONSTRAINT effect_state_is_known
  CHECK (state IN ('pending', 'sending', 'accepted', 'done', 'held', 'failed')),
  CONSTRAINT accepted_effect_has_a_time CHECK (state <> 'accepted' OR accepted_utc IS NOT NULL)
);
CREATE UNIQUE INDEX effect_is_done_once_per_business_key ON etl.effect (pipeline, step, item_key, generation);
CREATE INDEX effect_by_wave ON etl.effect (wave_id, order_id) WHERE wave_id IS NOT NULL;
CREATE INDEX effect_by_item ON etl.effect (item_id);
CREATE INDEX effect_open ON etl.effect (pipeline, step, state, effect_id) WHERE state IN ('pending', 'sending');
CREATE INDEX effect_accepted ON etl.effect (pipeline, target, next_try_utc) WHERE state = 'accepted';
-- Effects that were tried and wait for their next try: ledger/claim_single takes the one that is due first. Empty in most
-- installations, and without upkeep for effects that go through at once.
CREATE INDEX effect_retry ON etl.effect (pipeline, step, next_try_utc, effect_id)
  WHERE state = 'pending' AND next_try_utc IS NOT NULL;

-- Which of our numbers belongs to which of theirs. Never pruned.
CREATE TABLE etl.order_link (
  exigo_order_id INT NOT NULL,
  system         NVARCHAR(100) NOT NULL,         -- name of the 3PL
  reference      NVARCHAR(200) NOT NULL,         -- file and generation that carried it
  linked_utc     DATETIME2(3) NOT NULL,
  PRIMARY KEY (exigo_order_id, system, reference),
  adopted_utc DATETIME2(3)
);

-- Append-only. A transition of many items at once is one event of their batch or wave.
CREATE TABLE etl.event (
  event_id INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  at_utc   DATETIME2(3) NOT NULL,
  kind     NVARCHAR(100) NOT NULL,
  pipeline NVARCHAR(100) NOT NULL,
  batch_id INT,
  wave_id  INT,
  order_id INT,
  message  NVARCHAR(MAX) NOT NULL,
  detail   NVARCHAR(MAX),                         -- JSON
  item_key NVARCHAR(200)
);
CREATE INDEX event_by_order ON etl.event (order_id, event_id) WHERE order_id IS NOT NULL;
CREATE INDEX event_by_batch ON etl.event (batch_id, event_id) WHERE batch_id IS NOT NULL;
CREATE INDEX event_by_wave ON etl.event (wave_id, event_id) WHERE wave_id IS NOT NULL;
CREATE INDEX event_by_key ON etl.event (item_key, event_id);

-- What is known of a vendor's leaky bucket, one row per account, so that all processes share it and a restart does
-- not overflow it. The account goes by a hash; no key stands here.
CREATE TABLE etl.rate_bucket (
  account              NVARCHAR(64) NOT NULL PRIMARY KEY,
  version              INT NOT NULL,           -- grows with every change: a change of an older row is refused
  level                INT NOT NULL,           -- thousandths of a call
  level_utc            DATETIME2(3) NOT NULL,  -- when it was so
  reserve              INT NOT NULL,           -- thousandths of a call kept free, because others use the bucket
  closed_until_utc     DATETIME2(3) NOT NULL,  -- nothing leaves before
  owed                 INT NOT NULL,           -- calls that left while an acknowledgement waited
  shipment_utc         DATETIME2(3) NOT NULL,  -- until when somebody is taken to wait with a shipment or cancellation,
  acknowledgement_utc  DATETIME2(3) NOT NULL,  -- an acknowledgement,
  status_utc           DATETIME2(3) NOT NULL,  -- another status or a read,
  backfill_utc         DATETIME2(3) NOT NULL,  -- a backfill
  CONSTRAINT rate_bucket_level_is_not_negative CHECK (level >= 0),
  CONSTRAINT rate_bucket_reserve_is_not_negative CHECK (reserve >= 0),
  CONSTRAINT rate_bucket_owed_is_not_negative CHECK (owed >= 0)
);

-- Orders of marketplaces, as GoDataFeed shows them: the raw JSON of a change set. Deleted with the frozen rows, by the
-- same retention, unless an item still needs it.
CREATE TABLE etl.frozen_document (
  change_set_id INT NOT NULL,
  item_key      NVARCHAR(200) NOT NULL,
  json          NVARCHAR(MAX) NOT NULL,      -- exactly as it came
  PRIMARY KEY (change_set_id, item_key)
);

-- Which marketplace order is which order in Exigo, and how far it came with GoDataFeed. Never pruned: it is what keeps
-- an order from being made or acknowledged a second time when the ledger has forgotten it.
CREATE TABLE etl.marketplace_order (
  store              NVARCHAR(100) NOT NULL, -- of GoDataFeed, as it is named in the configuration
  order_number       NVARCHAR(100) NOT NULL, -- GoDataFeed's own number, the key of every call about it
  marketplace        NVARCHAR(100),
  marketplace_number NVARCHAR(100),
  purchased_utc      DATETIME2(3),           -- null where GoDataFeed does not say
  frozen_utc         DATETIME2(3) NOT NULL,  -- when it was first frozen
  document_sha256    NVARCHAR(100),          -- of the JSON that was frozen last
  exigo_order_id     INT,                    -- null until Exigo has said it
  linked_utc         DATETIME2(3),
  acknowledged_utc   DATETIME2(3),
  canceled_utc       DATETIME2(3),           -- reported Canceled, because a person decided so
  PRIMARY KEY (store, order_number),
  CONSTRAINT marketplace_order_is_linked_exactly_when_it_has_a_time
    CHECK ((exigo_order_id IS NULL AND linked_utc IS NULL) OR (exigo_order_id IS NOT NULL AND linked_utc IS NOT NULL)),
  CONSTRAINT only_a_linked_marketplace_order_is_acknowledged
    CHECK (acknowledged_utc IS NULL OR exigo_order_id IS NOT NULL),
  reported NVARCHAR(100),
  reported_utc DATETIME2(3)
);
CREATE UNIQUE INDEX exigo_order_is_of_one_marketplace_order ON etl.marketplace_order (exigo_order_id)
  WHERE exigo_order_id IS NOT NULL;
CREATE INDEX marketplace_order_by_number ON etl.marketplace_order (marketplace_number);
CREATE INDEX marketplace_order_by_own_number ON etl.marketplace_order (order_number);
-- Those a marketplace may still end.
CREATE INDEX marketplace_order_open ON etl.marketplace_order (store, frozen_utc) WHERE reported IS NULL;

-- Customers that were found or made for marketplace orders, so that a second order of the same person meets the same one
-- although Exigo may show a new customer late. Never pruned.
CREATE TABLE etl.marketplace_customer (
  email_sha256      NVARCHAR(100) NOT NULL PRIMARY KEY,  -- of the address in lower case: no address stands here
  exigo_customer_id INT NOT NULL,
  linked_utc        DATETIME2(3) NOT NULL
);

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
           OR (settled_utc IS NULL AND state NOT IN ('frozen', 'repeated', 'aside', 'gone'))),
  pruned_utc DATETIME2(3),
  shadow INT NOT NULL DEFAULT 0
);
-- The same content is taken once per 3PL, whatever it is called. A filtered index of this engine takes no OR.
CREATE UNIQUE INDEX inbox_file_is_read_once ON etl.inbox_file (three_pl, sha256)
  WHERE state IN ('archived', 'frozen');
CREATE INDEX inbox_file_open ON etl.inbox_file (three_pl, file_id) WHERE state IN ('claimed', 'archived');
CREATE INDEX inbox_file_by_name ON etl.inbox_file (name);
CREATE INDEX inbox_file_by_change_set ON etl.inbox_file (change_set_id) WHERE change_set_id IS NOT NULL;
CREATE INDEX inbox_file_by_age ON etl.inbox_file (settled_utc) WHERE pruned_utc IS NULL AND settled_utc IS NOT NULL;

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
  CONSTRAINT inbox_row_flags_are_flags CHECK (happened_bare IN (0, 1) AND repeats IN (0, 1)),
  tracking_start AS CAST(SUBSTRING(tracking, 3, 120) AS NVARCHAR(120))
);
CREATE INDEX inbox_row_by_order ON etl.inbox_row (order_id, file_id, line) WHERE order_id IS NOT NULL;
CREATE INDEX inbox_row_of_file ON etl.inbox_row (file_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX inbox_row_by_content ON etl.inbox_row (order_id, content) WHERE order_id IS NOT NULL;
CREATE INDEX inbox_row_faulty ON etl.inbox_row (file_id, line) WHERE code IS NOT NULL;
-- For the search of the dashboard: the order of a number that a 3PL gave, without reading every row there ever was. A
-- tracking number has 50 characters at most; a list of them is no key of an index, its beginning is, without the bracket and
-- quote that all have in common: a bracket is a wildcard of LIKE.
CREATE INDEX inbox_row_by_reference ON etl.inbox_row (reference) WHERE reference IS NOT NULL;
CREATE INDEX inbox_row_by_tracking ON etl.inbox_row (tracking_start);

-- What was asked of a 3PL about an order that it has, and what it answered: one row for each time the order was handed over.
-- Never pruned: an order that its 3PL has canceled is not to be told as shipped years later.
CREATE TABLE etl.cancellation (
  order_id       INT NOT NULL,
  generation     INT NOT NULL,                 -- of the hand-over
  target         NVARCHAR(100) NOT NULL,       -- the 3PL
  asked_utc      DATETIME2(3) NOT NULL,
  by_exigo       INT NOT NULL,                 -- who wants it now: Exigo says Canceled,
  by_marketplace INT NOT NULL,                 -- its marketplace has ended it,
  by_person      INT NOT NULL,                 -- a person has canceled it
  answer         NVARCHAR(100),
  evidence       NVARCHAR(MAX),                -- file, line and words of the 3PL
  answered_utc   DATETIME2(3),
  PRIMARY KEY (order_id, generation),
  CONSTRAINT cancellation_answer_is_known CHECK (answer IS NULL OR answer IN ('canceled', 'too-late', 'refused')),
  CONSTRAINT cancellation_is_answered_exactly_when_there_is_evidence
    CHECK ((answer IS NULL AND evidence IS NULL AND answered_utc IS NULL)
           OR (answer IS NOT NULL AND evidence IS NOT NULL AND answered_utc IS NOT NULL)),
  CONSTRAINT cancellation_flags_are_flags
    CHECK (by_exigo IN (0, 1) AND by_marketplace IN (0, 1) AND by_person IN (0, 1))
);

-- Goods that a 3PL has taken back, as we have accepted them: what was made of them in Exigo, if anything. Never pruned: it
-- is what keeps them from being taken back twice, and an order of our own making from being sent to the 3PL.
CREATE TABLE etl.returned_goods (
  return_key      NVARCHAR(100) NOT NULL PRIMARY KEY, -- order and what the rows say: `return:1001:5f3a9c21d04e`
  three_pl        NVARCHAR(100) NOT NULL,
  exigo_order_id  INT NOT NULL,                 -- the order that was shipped
  file_id         INT NOT NULL,
  lines           NVARCHAR(MAX) NOT NULL,       -- JSON: lines of the file that it accounts for
  goods           NVARCHAR(MAX) NOT NULL,       -- JSON: items with their quantities, exact decimals
  policy          NVARCHAR(100) NOT NULL,
  noted_utc       DATETIME2(3) NOT NULL,
  return_order_id INT,                          -- in Exigo; null until Exigo has said it
  made_utc        DATETIME2(3),
  CONSTRAINT return_policy_is_known CHECK (policy IN ('record', 'return-order')),
  CONSTRAINT returned_goods_are_made_exactly_when_they_have_a_time
    CHECK ((return_order_id IS NULL AND made_utc IS NULL) OR (return_order_id IS NOT NULL AND made_utc IS NOT NULL)),
  CONSTRAINT recorded_goods_have_no_return_order CHECK (policy = 'return-order' OR return_order_id IS NULL)
);
CREATE INDEX returned_goods_by_order ON etl.returned_goods (exigo_order_id);
CREATE INDEX returned_goods_by_return_order ON etl.returned_goods (return_order_id) WHERE return_order_id IS NOT NULL;

-- A mail that must not go twice. Nothing can be read back of a mail, so the row is the intent, there before it is sent;
-- what provably was not sent leaves none.
CREATE TABLE etl.mail (
  mail_key     NVARCHAR(300) NOT NULL PRIMARY KEY,   -- the business key: label/atlas/48031/1/<hash>
  item_id      INT,                                  -- of the last try, where it is an order's
  order_id     INT,
  recipients   NVARCHAR(MAX) NOT NULL,
  subject      NVARCHAR(MAX) NOT NULL,
  state        NVARCHAR(100) NOT NULL DEFAULT 'sending',
  token        INT NOT NULL,                         -- fencing token of the process that sends it
  intended_utc DATETIME2(3) NOT NULL,
  sent_utc     DATETIME2(3),
  receipt      NVARCHAR(MAX),                        -- the mail server's answer, with the Message-ID
  last_error   NVARCHAR(MAX),
  CONSTRAINT mail_state_is_known CHECK (state IN ('sending', 'sent', 'unknown')),
  CONSTRAINT mail_is_sent_exactly_when_it_has_a_receipt
    CHECK ((state = 'sent' AND receipt IS NOT NULL AND sent_utc IS NOT NULL)
           OR (state <> 'sent' AND receipt IS NULL AND sent_utc IS NULL))
);
CREATE INDEX mail_by_order ON etl.mail (order_id) WHERE order_id IS NOT NULL;

-- An entry of the schedule, as the processes that run it agree on it.
CREATE TABLE etl.schedule (
  entry        NVARCHAR(100) NOT NULL PRIMARY KEY,
  decided_utc  DATETIME2(3) NOT NULL,   -- what was due up to here has had its cycle, or was skipped
  asked_utc    DATETIME2(3),            -- a cycle was asked for, and none has begun since
  skipped      INT NOT NULL DEFAULT 0,  -- cycles that were due while another one ran, ever
  skipped_utc  DATETIME2(3),            -- the last of them
  CONSTRAINT schedule_skips_are_not_negative CHECK (skipped >= 0)
);

-- A cycle: an entry at a time when it was due. The key makes it happen once, whoever is quicker.
CREATE TABLE etl.cycle (
  entry          NVARCHAR(100) NOT NULL,
  due_utc        DATETIME2(3) NOT NULL,
  state          NVARCHAR(100) NOT NULL DEFAULT 'running',
  cause          NVARCHAR(100) NOT NULL,
  first_due_utc  DATETIME2(3) NOT NULL,   -- of a merged one: the oldest that it stands for
  stands_for     INT NOT NULL DEFAULT 1,
  begun          INT NOT NULL DEFAULT 1,  -- more than once: the process that had begun it ended
  token          INT NOT NULL,            -- of the lease: an older one writes nothing
  holder         NVARCHAR(400) NOT NULL,
  claimed_utc    DATETIME2(3) NOT NULL,
  ended_utc      DATETIME2(3),
  detail         NVARCHAR(MAX),           -- JSON: what became of each pipeline
  PRIMARY KEY (entry, due_utc),
  CONSTRAINT cycle_state_is_known CHECK (state IN ('running', 'done', 'failed', 'stopped', 'merged')),
  CONSTRAINT cycle_cause_is_known CHECK (cause IN ('tick', 'catch-up', 'webhook')),
  CONSTRAINT cycle_has_ended_exactly_when_it_does_not_run
    CHECK ((state = 'running' AND ended_utc IS NULL) OR (state <> 'running' AND ended_utc IS NOT NULL)),
  CONSTRAINT cycle_stands_for_one_or_more CHECK (stands_for >= 1 AND begun >= 1)
);
CREATE INDEX cycle_open ON etl.cycle (entry, due_utc) WHERE state IN ('running', 'stopped');

-- What is known of a system that does not answer, so that it is asked once in a while instead of by every cycle.
CREATE TABLE etl.circuit (
  system      NVARCHAR(100) NOT NULL PRIMARY KEY,
  state       NVARCHAR(100) NOT NULL,
  failures    INT NOT NULL,  -- in a row
  pauses      INT NOT NULL,  -- how often it was opened since it last answered
  opened_utc  DATETIME2(3),
  probe_utc   DATETIME2(3),  -- one call is let through after this
  last_utc    DATETIME2(3) NOT NULL,
  last_error  NVARCHAR(MAX) NOT NULL,
  CONSTRAINT circuit_state_is_known CHECK (state IN ('closed', 'open', 'half-open')),
  CONSTRAINT circuit_that_is_not_closed_says_when_it_is_tried CHECK (state = 'closed' OR (opened_utc IS NOT NULL AND probe_utc IS NOT NULL)),
  CONSTRAINT circuit_counts_are_not_negative CHECK (failures >= 0 AND pauses >= 0)
);

-- Something that a person should know of once: from its first sign to its end.
CREATE TABLE etl.incident (
  incident_id  INT IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  kind         NVARCHAR(100) NOT NULL,
  system       NVARCHAR(100) NOT NULL,  -- exigo-api, godatafeed/<store>, 3pl/<name>, inbox/<name>, sync-database, pipeline/<name>
  what         NVARCHAR(MAX) NOT NULL,  -- the newest words
  opened_utc   DATETIME2(3) NOT NULL,
  last_utc     DATETIME2(3) NOT NULL,
  times        INT NOT NULL DEFAULT 1,  -- how often it was seen
  closed_utc   DATETIME2(3),
  CONSTRAINT incident_kind_is_known CHECK (kind IN ('outage', 'configuration')),
  CONSTRAINT incident_was_seen CHECK (times >= 1)
);
CREATE UNIQUE INDEX incident_is_opened_once ON etl.incident (kind, system) WHERE closed_utc IS NULL;
CREATE INDEX incident_by_time ON etl.incident (opened_utc);

-- Signatures of webhooks that were taken, for as long as their time would be accepted: none is taken twice.
CREATE TABLE etl.webhook_call (
  signature     NVARCHAR(100) NOT NULL PRIMARY KEY,
  received_utc  DATETIME2(3) NOT NULL
);
CREATE INDEX webhook_call_by_time ON etl.webhook_call (received_utc);

-- What somebody was told: an incident, its end, a digest, each once per channel. The key makes it once.
CREATE TABLE etl.alert (
  alert_key     NVARCHAR(200) NOT NULL PRIMARY KEY,  -- incident/12/opened/mail, digest/2026-11-21 13:00:00.000/mail
  state         NVARCHAR(100) NOT NULL DEFAULT 'sending',
  message       NVARCHAR(MAX) NOT NULL,              -- JSON: subject, text, data
  attempts      INT NOT NULL DEFAULT 1,
  next_try_utc  DATETIME2(3),
  last_error    NVARCHAR(MAX),
  receipt       NVARCHAR(MAX),
  created_utc   DATETIME2(3) NOT NULL,
  ended_utc     DATETIME2(3),
  CONSTRAINT alert_state_is_known CHECK (state IN ('sending', 'waiting', 'done', 'failed', 'unknown')),
  CONSTRAINT waiting_alert_says_when_it_is_tried CHECK (state <> 'waiting' OR next_try_utc IS NOT NULL),
  CONSTRAINT alert_has_ended_exactly_when_its_state_is_final
    CHECK ((state IN ('done', 'failed', 'unknown') AND ended_utc IS NOT NULL)
           OR (state NOT IN ('done', 'failed', 'unknown') AND ended_utc IS NULL))
);
CREATE INDEX alert_waiting ON etl.alert (next_try_utc) WHERE state = 'waiting';
CREATE INDEX alert_by_time ON etl.alert (created_utc);

-- For the search of the dashboard: the second and later tracking numbers of a row of a 3PL. The first is found by the row's
-- own index; most rows have no other.
CREATE TABLE etl.inbox_tracking (
  number  NVARCHAR(100) NOT NULL,
  file_id INT NOT NULL,                        -- of etl.inbox_row, without a foreign key, see migration 006
  line    INT NOT NULL,
  PRIMARY KEY (file_id, line, number)
);
CREATE INDEX inbox_tracking_by_number ON etl.inbox_tracking (number);

-- A call that a pipeline in shadow did not make, one per effect, and what its target shows of it.
CREATE TABLE etl.shadow_call (
  effect_id     INT NOT NULL PRIMARY KEY,
  pipeline      NVARCHAR(100) NOT NULL,
  step          NVARCHAR(100) NOT NULL,
  item_key      NVARCHAR(200) NOT NULL,
  order_id      INT,
  operation     NVARCHAR(100) NOT NULL,        -- as the target names the call
  fields        NVARCHAR(MAX) NOT NULL,        -- JSON of what it would have carried, without names and addresses
  state         NVARCHAR(100) NOT NULL DEFAULT 'open',
  shown         NVARCHAR(MAX),                 -- JSON of the same fields as the target shows them
  planned_utc   DATETIME2(3) NOT NULL,
  looked_utc    DATETIME2(3) NOT NULL,
  next_look_utc DATETIME2(3),
  settled_utc   DATETIME2(3),
  CONSTRAINT shadow_call_state_is_known CHECK (state IN ('open', 'same', 'differs', 'assumed', 'held', 'dropped', 'live')),
  CONSTRAINT shadow_call_is_settled_exactly_when_it_is_not_open
    CHECK ((state <> 'open' AND settled_utc IS NOT NULL) OR (state = 'open' AND settled_utc IS NULL))
);
CREATE INDEX shadow_call_open ON etl.shadow_call (pipeline, step, effect_id) WHERE state = 'open';
CREATE INDEX shadow_call_by_time ON etl.shadow_call (pipeline, planned_utc);
