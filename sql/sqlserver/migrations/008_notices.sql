-- Which section of the 3PL's template a file is made by: null for a hand-over file and a table, cancellations or returns for
-- a notice.
ALTER TABLE etl.wave ADD section NVARCHAR(100);

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
