-- Next value of a counter, inside the caller's transaction: a roll-back gives the number back, so numbers in
-- file names have no holes. In: @name. Out: one row, value (from 1).
UPDATE etl.counter WITH (UPDLOCK, SERIALIZABLE) SET value = value + 1 WHERE name = @name;
IF @@ROWCOUNT = 0 INSERT INTO etl.counter (name, value) VALUES (@name, 1);
SELECT value FROM etl.counter WHERE name = @name;
