-- For the search of the dashboard: the order of a number that a 3PL gave, without reading every row there ever was. A
-- tracking number has 50 characters at most; a list of them is no key of an index, its beginning is, without the bracket and
-- quote that all have in common: a bracket is a wildcard of LIKE.
CREATE INDEX inbox_row_by_reference ON etl.inbox_row (reference) WHERE reference IS NOT NULL;
ALTER TABLE etl.inbox_row ADD tracking_start AS CAST(SUBSTRING(tracking, 3, 120) AS NVARCHAR(120));
CREATE INDEX inbox_row_by_tracking ON etl.inbox_row (tracking_start);
