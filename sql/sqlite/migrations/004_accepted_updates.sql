-- An update that GoDataFeed has taken is accepted until its marketplace has answered. A CHECK of this engine cannot be
-- changed, so the table is made anew.
ALTER TABLE etl.effect RENAME TO etl.effect_before;
-- One outward act for one business key (pipeline, step, item, generation). The unique index is the promise
-- that nothing is done twice.
CREATE TABLE etl.effect (
  effect_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  pipeline     TEXT    NOT NULL,
  step         TEXT    NOT NULL,
  item_key     TEXT    NOT NULL,
  generation   INTEGER NOT NULL,
  item_id      INTEGER NOT NULL,
  order_id     INTEGER,
  change_set_id INTEGER NOT NULL,              -- the version the target last accepted, or a person chose to ignore
  state        TEXT    NOT NULL DEFAULT 'pending',
  wave_id      INTEGER,
  token        INTEGER,
  attempts     INTEGER NOT NULL DEFAULT 0,     -- of an accepted one: how often its marketplace was asked
  next_try_utc TEXT,
  fingerprint  TEXT,                           -- of that version
  receipt      TEXT,
  last_error   TEXT,
  created_utc  TEXT    NOT NULL,
  done_utc     TEXT,
  target       TEXT,                           -- the store, for effects that leave store by store
  request      TEXT,                           -- JSON of what is sent, fixed with the intent, where a repeat could differ
  accepted_utc TEXT,
  CONSTRAINT effect_state_is_known CHECK (state IN ('pending', 'sending', 'accepted', 'done', 'held', 'failed')),
  CONSTRAINT effect_is_done_exactly_when_it_has_a_receipt
    CHECK ((state = 'done') = (receipt IS NOT NULL AND done_utc IS NOT NULL)),
  CONSTRAINT sending_effect_names_its_sender CHECK (state <> 'sending' OR token IS NOT NULL),
  CONSTRAINT accepted_effect_has_a_time CHECK (state <> 'accepted' OR accepted_utc IS NOT NULL)
);
INSERT INTO etl.effect (effect_id, pipeline, step, item_key, generation, item_id, order_id, change_set_id, state, wave_id,
                        token, attempts, next_try_utc, fingerprint, receipt, last_error, created_utc, done_utc, target,
                        request)
SELECT effect_id, pipeline, step, item_key, generation, item_id, order_id, change_set_id, state, wave_id,
       token, attempts, next_try_utc, fingerprint, receipt, last_error, created_utc, done_utc, target,
       request
FROM etl.effect_before;
-- Numbers that were given out are not given out again.
UPDATE sqlite_sequence SET seq = (SELECT s.seq FROM sqlite_sequence AS s WHERE s.name LIKE 'etl_effect_before')
WHERE name LIKE 'etl_effect';
DROP TABLE etl.effect_before;
CREATE UNIQUE INDEX effect_is_done_once_per_business_key ON etl.effect (pipeline, step, item_key, generation);
CREATE INDEX effect_by_wave ON etl.effect (wave_id, order_id) WHERE wave_id IS NOT NULL;
CREATE INDEX effect_by_item ON etl.effect (item_id);
CREATE INDEX effect_open ON etl.effect (pipeline, step, state, effect_id) WHERE state = 'pending' OR state = 'sending';
CREATE INDEX effect_accepted ON etl.effect (pipeline, target, next_try_utc) WHERE state = 'accepted';

-- fingerprint of the update the marketplace has last taken
ALTER TABLE etl.marketplace_order ADD reported TEXT;
ALTER TABLE etl.marketplace_order ADD reported_utc TEXT;
-- Those a marketplace may still end.
CREATE INDEX marketplace_order_open ON etl.marketplace_order (store, frozen_utc) WHERE reported IS NULL;
