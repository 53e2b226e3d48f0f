-- Next value of a counter, inside the caller's transaction: a roll-back gives the number back, so numbers in
-- file names have no holes. In: @name. Out: one row, value (from 1).
INSERT INTO etl.counter (name, value) VALUES (@name, 1)
  ON CONFLICT (name) DO UPDATE SET value = value + 1
  RETURNING value;
