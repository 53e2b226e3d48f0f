-- The version of an order its 3PL is taken to know. In: @effect_id, @fingerprint, @change_set_id.
UPDATE etl.effect SET fingerprint = @fingerprint, change_set_id = @change_set_id WHERE effect_id = @effect_id;
