-- A page of the wanted keys. In: @after, @n. Out: id.
SELECT id FROM temp.wanted WHERE id > @after ORDER BY id LIMIT @n;
