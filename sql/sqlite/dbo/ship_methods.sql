-- dbo.ShipMethods: how a tenant ships; each method belongs to a warehouse. The tenant fills it.
-- In:  nothing; runs once, and again without effect.
-- Out: the table, empty.
CREATE TABLE IF NOT EXISTS dbo.ShipMethods (
  ShipMethodID INTEGER NOT NULL,
  ShipMethodDescription TEXT NOT NULL DEFAULT '',
  WarehouseID INTEGER NOT NULL DEFAULT 0,
  ShipCarrierID INTEGER NOT NULL DEFAULT 0,
  DisplayOnWeb INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (ShipMethodID)
);
