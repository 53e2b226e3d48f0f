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
