-- An update that GoDataFeed has taken is accepted until its marketplace has answered.
ALTER TABLE etl.effect DROP CONSTRAINT effect_state_is_known;
ALTER TABLE etl.effect ADD accepted_utc DATETIME2(3);
ALTER TABLE etl.effect ADD CONSTRAINT effect_state_is_known
  CHECK (state IN ('pending', 'sending', 'accepted', 'done', 'held', 'failed'));
ALTER TABLE etl.effect ADD CONSTRAINT accepted_effect_has_a_time CHECK (state <> 'accepted' OR accepted_utc IS NOT NULL);
CREATE INDEX effect_accepted ON etl.effect (pipeline, target, next_try_utc) WHERE state = 'accepted';

-- fingerprint of the update the marketplace has last taken
ALTER TABLE etl.marketplace_order ADD reported NVARCHAR(100);
ALTER TABLE etl.marketplace_order ADD reported_utc DATETIME2(3);
-- Those a marketplace may still end.
CREATE INDEX marketplace_order_open ON etl.marketplace_order (store, frozen_utc) WHERE reported IS NULL;
