-- Notes the signature of the last frozen versions whose frozen rows are about to go, to be compared with from now on.
-- Takes in freeze/frozen_signature.
UPDATE etl.aggregate_version SET signature = s.signature
FROM (SELECT v.order_id, {frozen_signature} AS signature FROM etl.aggregate_version AS v
      WHERE v.signature = '' AND v.change_set_id IN (SELECT o.change_set_id FROM temp.old_change_set AS o)) AS s
WHERE s.order_id = etl.aggregate_version.order_id;
