-- Records a migration as applied. In: @version, @name. Error: duplicate key when it already is.
INSERT INTO etl.migration (version, name, applied_utc) VALUES (@version, @name, utc_now());
