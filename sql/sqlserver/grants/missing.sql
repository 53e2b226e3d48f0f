-- Which of these grants the login lacks. In: @wanted (JSON: name, permission). Out: name, permission. A table of the
-- queue that is not there yet is not asked for. Who owns the database or the server lacks none: what is not there for
-- such a login is not there.
SELECT w.name, w.permission
FROM OPENJSON(@wanted) WITH (name NVARCHAR(200) '$.name', permission NVARCHAR(60) '$.permission') AS w
WHERE COALESCE(HAS_PERMS_BY_NAME(w.name, 'OBJECT', w.permission), 0) = 0
  AND (w.name NOT LIKE 'queue.%' OR w.permission = 'EXECUTE' OR OBJECT_ID(w.name) IS NOT NULL)
  AND COALESCE(IS_ROLEMEMBER('db_owner'), 0) = 0 AND COALESCE(IS_SRVROLEMEMBER('sysadmin'), 0) = 0;
