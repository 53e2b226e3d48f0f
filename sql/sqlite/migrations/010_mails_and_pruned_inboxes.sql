-- A mail that must not go twice. Nothing can be read back of a mail, so the row is the intent, there before it is sent;
-- what provably was not sent leaves none.
CREATE TABLE etl.mail (
  mail_key     TEXT    NOT NULL PRIMARY KEY,   -- the business key: label/atlas/48031/1/<hash>
  item_id      INTEGER,                        -- of the last try, where it is an order's
  order_id     INTEGER,
  recipients   TEXT    NOT NULL,
  subject      TEXT    NOT NULL,
  state        TEXT    NOT NULL DEFAULT 'sending',
  token        INTEGER NOT NULL,               -- fencing token of the process that sends it
  intended_utc TEXT    NOT NULL,
  sent_utc     TEXT,
  receipt      TEXT,                           -- the mail server's answer, with the Message-ID
  last_error   TEXT,
  CONSTRAINT mail_state_is_known CHECK (state IN ('sending', 'sent', 'unknown')),
  CONSTRAINT mail_is_sent_exactly_when_it_has_a_receipt
    CHECK ((state = 'sent') = (receipt IS NOT NULL) AND (state = 'sent') = (sent_utc IS NOT NULL))
);
CREATE INDEX mail_by_order ON etl.mail (order_id) WHERE order_id IS NOT NULL;
-- When the rows of a file of a 3PL and its copy in the archive went. Its hash stays: it tells a file that comes again.
ALTER TABLE etl.inbox_file ADD COLUMN pruned_utc TEXT;
CREATE INDEX inbox_file_by_age ON etl.inbox_file (settled_utc) WHERE pruned_utc IS NULL AND settled_utc IS NOT NULL;
