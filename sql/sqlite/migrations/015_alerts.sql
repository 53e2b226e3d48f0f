-- What somebody was told: an incident, its end, a digest, each once per channel. The key makes it once.
CREATE TABLE etl.alert (
  alert_key     TEXT    NOT NULL PRIMARY KEY,  -- incident/12/opened/mail, digest/2026-11-21 13:00:00.000/mail
  state         TEXT    NOT NULL DEFAULT 'sending',
  message       TEXT    NOT NULL,              -- JSON: subject, text, data
  attempts      INTEGER NOT NULL DEFAULT 1,
  next_try_utc  TEXT,
  last_error    TEXT,
  receipt       TEXT,
  created_utc   TEXT    NOT NULL,
  ended_utc     TEXT,
  CONSTRAINT alert_state_is_known CHECK (state IN ('sending', 'waiting', 'done', 'failed', 'unknown')),
  CONSTRAINT waiting_alert_says_when_it_is_tried CHECK (state <> 'waiting' OR next_try_utc IS NOT NULL),
  CONSTRAINT alert_has_ended_exactly_when_its_state_is_final CHECK ((state IN ('done', 'failed', 'unknown')) = (ended_utc IS NOT NULL))
);
CREATE INDEX alert_waiting ON etl.alert (next_try_utc) WHERE state = 'waiting';
CREATE INDEX alert_by_time ON etl.alert (created_utc);
