-- planned -> sending: name, bytes and hash are fixed from here on. In: @wave_id, @orders, @rows, @bytes, @sha256, @token.
UPDATE etl.wave SET state = 'sending', orders = @orders, rows = @rows, bytes = @bytes, sha256 = @sha256, token = @token,
                    attempts = attempts + 1, last_error = NULL
WHERE wave_id = @wave_id AND state = 'planned';
