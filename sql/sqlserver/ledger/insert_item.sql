-- Items with their verdicts, a page in one statement. In: @rows (JSON list of objects). Error: duplicate key when
-- a batch has one of them already.
INSERT INTO etl.item (batch_id, pipeline, item_key, order_id, change_set_id, generation, state, target, fingerprint,
                      code, reason, created_utc, settled_utc)
SELECT r.batch_id, r.pipeline, r.item_key, r.order_id, r.change_set_id, r.generation, r.state, r.target, r.fingerprint,
       r.code, r.reason, r.created_utc, r.settled_utc
FROM OPENJSON(@rows) WITH (
  batch_id INT '$.batch_id', pipeline NVARCHAR(100) '$.pipeline', item_key NVARCHAR(200) '$.item_key', order_id INT '$.order_id',
  change_set_id INT '$.change_set_id', generation INT '$.generation', state NVARCHAR(100) '$.state', target NVARCHAR(100) '$.target',
  fingerprint NVARCHAR(100) '$.fingerprint', code NVARCHAR(100) '$.code', reason NVARCHAR(MAX) '$.reason', created_utc DATETIME2(3) '$.now',
  settled_utc DATETIME2(3) '$.settled_utc'
) AS r;
