-- sending -> uploaded: the whole file stands under its `.part` name. In: @wave_id, @token.
UPDATE etl.wave SET state = 'uploaded', token = @token WHERE wave_id = @wave_id AND state = 'sending';
