-- Orders that we do not have, a page at a time. In: @after, @limit.
SELECT key, MIN(file) AS file, MIN(line) AS line FROM theirs
WHERE seen = 0 AND key > @after GROUP BY key ORDER BY key LIMIT @limit;
