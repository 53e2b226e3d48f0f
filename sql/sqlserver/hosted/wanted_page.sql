-- A page of the wanted keys. In: @after, @n. Out: id.
SELECT TOP (@n) id FROM #wanted WHERE id > @after ORDER BY id;
