-- An accepted update whose marketplace has not answered yet is asked for again later. In: @effect_id,
-- @asked (1: the store has shown the order this time, else 0), @next_look_utc.
UPDATE etl.effect SET attempts = attempts + @asked, next_try_utc = @next_look_utc
WHERE effect_id = @effect_id AND state = 'accepted';
