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
    CHECK (acknowledged_utc IS NULL OR exigo_order_id IS NOT NULL)
);
CREATE UNIQUE INDEX exigo_order_is_of_one_marketplace_order ON etl.marketplace_order (exigo_order_id)
  WHERE exigo_order_id IS NOT NULL;
CREATE INDEX marketplace_order_by_number ON etl.marketplace_order (marketplace_number);
CREATE INDEX marketplace_order_by_own_number ON etl.marketplace_order (order_number);

-- Customers that were found or made for marketplace orders, so that a second order of the same person meets the same one
-- although Exigo may show a new customer late. Never pruned.
CREATE TABLE etl.marketplace_customer (
  email_sha256      NVARCHAR(100) NOT NULL PRIMARY KEY,  -- of the address in lower case: no address stands here
  exigo_customer_id INT NOT NULL,
  linked_utc        DATETIME2(3) NOT NULL
);

-- the store, for effects that leave store by store
ALTER TABLE etl.effect ADD target NVARCHAR(100);
-- JSON of what is sent, fixed with the intent, where a repeat could differ
ALTER TABLE etl.effect ADD request NVARCHAR(MAX);
-- for items that are no order of Exigo (yet)
ALTER TABLE etl.event ADD item_key NVARCHAR(200);

CREATE INDEX item_by_key ON etl.item (item_key, pipeline, change_set_id) WHERE order_id IS NULL;
CREATE INDEX event_by_key ON etl.event (item_key, event_id);
