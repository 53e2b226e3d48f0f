-- sending -> uploaded: the whole file stands under its `.part` name. In: @wave_id, @token, @place.
UPDATE etl.wave SET state = 'uploaded', token = @token, place = @place WHERE wave_id = @wave_id AND state = 'sending';
