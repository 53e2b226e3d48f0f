-- A file that was read where it lies, and left there, while an earlier script takes the files of this 3PL.
ALTER TABLE etl.inbox_file ADD shadow INTEGER NOT NULL DEFAULT 0;

-- A call that a pipeline in shadow did not make, one per effect, and what its target shows of it.
CREATE TABLE etl.shadow_call (
  effect_id     INTEGER NOT NULL PRIMARY KEY,
  pipeline      TEXT    NOT NULL,
  step          TEXT    NOT NULL,
  item_key      TEXT    NOT NULL,
  order_id      INTEGER,
  operation     TEXT    NOT NULL,              -- as the target names the call
  fields        TEXT    NOT NULL,              -- JSON of what it would have carried, without names and addresses
  state         TEXT    NOT NULL DEFAULT 'open',
  shown         TEXT,                          -- JSON of the same fields as the target shows them
  planned_utc   TEXT    NOT NULL,
  looked_utc    TEXT    NOT NULL,
  next_look_utc TEXT,
  settled_utc   TEXT,
  CONSTRAINT shadow_call_state_is_known CHECK (state IN ('open', 'same', 'differs', 'assumed', 'held', 'dropped', 'live')),
  CONSTRAINT shadow_call_is_settled_exactly_when_it_is_not_open CHECK ((state <> 'open') = (settled_utc IS NOT NULL))
);
CREATE INDEX shadow_call_open ON etl.shadow_call (pipeline, step, effect_id) WHERE state = 'open';
CREATE INDEX shadow_call_by_time ON etl.shadow_call (pipeline, planned_utc);
