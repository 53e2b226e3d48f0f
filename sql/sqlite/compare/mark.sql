-- An order that we have, too. In: @key.
UPDATE theirs SET seen = 1 WHERE key = @key;
