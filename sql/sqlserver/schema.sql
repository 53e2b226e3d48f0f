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
