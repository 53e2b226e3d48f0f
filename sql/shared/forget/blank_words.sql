-- Empties one row of forget/other_words. In: @kind, @row_key, @removed, @message (JSON; stands where an alert's was).
UPDATE etl.circuit SET last_error = @removed WHERE @kind = 'circuit' AND system = @row_key;
UPDATE etl.incident SET what = @removed WHERE @kind = 'incident' AND CONCAT('', incident_id) = @row_key;
UPDATE etl.alert SET message = @message, last_error = NULL, receipt = NULL WHERE @kind = 'alert' AND alert_key = @row_key;
