-- Whether something was told, or tried. In: @alert_key.
SELECT COUNT(*) AS n FROM etl.alert WHERE alert_key = @alert_key;
