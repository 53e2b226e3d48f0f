-- new -> its verdict, for items a person made, a page in one statement. In: @rows (JSON list of objects).
UPDATE etl.item
SET state = r.state, target = r.target, fingerprint = r.fingerprint, code = r.code, reason = r.reason,
    settled_utc = r.settled_utc
FROM etl.item AS i JOIN OPENJSON(@rows) WITH (
  item_id INT '$.item_id', state NVARCHAR(100) '$.state', target NVARCHAR(100) '$.target',
  fingerprint NVARCHAR(100) '$.fingerprint', code NVARCHAR(100) '$.code', reason NVARCHAR(MAX) '$.reason',
  settled_utc DATETIME2(3) '$.settled_utc'
) AS r ON r.item_id = i.item_id
WHERE i.state = 'new';
