-- dbo.Warehouses: where a tenant ships from. The tenant fills it.
-- In:  nothing; runs once, and again without effect.
-- Out: the table, empty.
CREATE TABLE IF NOT EXISTS dbo.Warehouses (
  WarehouseID INTEGER NOT NULL,
  WarehouseDescription TEXT NOT NULL DEFAULT '',
  WarehouseAddress1 TEXT NOT NULL DEFAULT '',
  WarehouseAddress2 TEXT NOT NULL DEFAULT '',
  WarehouseCity TEXT NOT NULL DEFAULT '',
  WarehouseState TEXT NOT NULL DEFAULT '',
  WarehouseZip TEXT NOT NULL DEFAULT '',
  WarehouseCountry TEXT NOT NULL DEFAULT '',
  TimeZoneID INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (WarehouseID)
);
