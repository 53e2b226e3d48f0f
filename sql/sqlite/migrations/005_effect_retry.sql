-- Effects that were tried and wait for their next try: ledger/claim_single takes the one that is due first. Empty in most
-- installations, and without upkeep for effects that go through at once.
CREATE INDEX effect_retry ON etl.effect (pipeline, step, next_try_utc, effect_id)
  WHERE state = 'pending' AND next_try_utc IS NOT NULL;
