-- An accepted update whose marketplace has not answered yet is asked for again later. In: @effect_id, @next_look_utc.
UPDATE etl.effect SET attempts = attempts + 1, next_try_utc = @next_look_utc
WHERE effect_id = @effect_id AND state = 'accepted';
