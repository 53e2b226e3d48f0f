-- A file that was read where it lies, and left there, while an earlier script takes the files of this 3PL.
ALTER TABLE etl.inbox_file ADD shadow INT NOT NULL DEFAULT 0;

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
