-- Columns of the sync tables, in order. Out: table_name, name, type.
SELECT SUBSTR(t.name, 5) AS table_name, c.name, c.type
FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
WHERE t.type IN ('table', 'view') AND t.name LIKE 'dbo.%'
ORDER BY t.name, c.cid;
