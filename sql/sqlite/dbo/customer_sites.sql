-- dbo.CustomerSites: a table of the Exigo sync database, as the newest public capture shows it.
--      One row per customer with a replicated web site.
-- In:  nothing; runs once, and again without effect.
-- Out: the table, empty, with its key and index. Money is text with four decimals (12.5000), dates are
--      text in US Central time without offset (2026-11-20 21:07:00.000), bit is 0 or 1.
CREATE TABLE IF NOT EXISTS dbo.CustomerSites (
  CustomerID INTEGER NOT NULL,
  WebAlias TEXT NOT NULL DEFAULT '',
  FirstName TEXT NOT NULL DEFAULT '',
  LastName TEXT NOT NULL DEFAULT '',
  Company TEXT NOT NULL DEFAULT '',
  Email TEXT NOT NULL DEFAULT '',
  Phone TEXT NOT NULL DEFAULT '',
  Phone2 TEXT NOT NULL DEFAULT '',
  Fax TEXT NOT NULL DEFAULT '',
  Address1 TEXT NOT NULL DEFAULT '',
  Address2 TEXT NOT NULL DEFAULT '',
  City TEXT NOT NULL DEFAULT '',
  State TEXT NOT NULL DEFAULT '',
  Zip TEXT NOT NULL DEFAULT '',
  Country TEXT NOT NULL DEFAULT '',
  Notes1 TEXT NOT NULL DEFAULT '',
  Notes2 TEXT NOT NULL DEFAULT '',
  Notes3 TEXT NOT NULL DEFAULT '',
  Notes4 TEXT NOT NULL DEFAULT '',
  Url1 TEXT NOT NULL DEFAULT '',
  Url2 TEXT NOT NULL DEFAULT '',
  Url3 TEXT NOT NULL DEFAULT '',
  Url4 TEXT NOT NULL DEFAULT '',
  Url5 TEXT NOT NULL DEFAULT '',
  Url6 TEXT NOT NULL DEFAULT '',
  Url7 TEXT NOT NULL DEFAULT '',
  Url8 TEXT NOT NULL DEFAULT '',
  Url9 TEXT NOT NULL DEFAULT '',
  Url10 TEXT NOT NULL DEFAULT '',
  Url1Description TEXT NOT NULL DEFAULT '',
  Url2Description TEXT NOT NULL DEFAULT '',
  Url3Description TEXT NOT NULL DEFAULT '',
  Url4Description TEXT NOT NULL DEFAULT '',
  Url5Description TEXT NOT NULL DEFAULT '',
  Url6Description TEXT NOT NULL DEFAULT '',
  Url7Description TEXT NOT NULL DEFAULT '',
  Url8Description TEXT NOT NULL DEFAULT '',
  Url9Description TEXT NOT NULL DEFAULT '',
  Url10Description TEXT NOT NULL DEFAULT '',
  DataImage1 BLOB,
  DataImageType1 TEXT,
  DataImage2 BLOB,
  DataImageType2 TEXT,
  ModifiedDate TEXT NOT NULL DEFAULT '1900-01-01 00:00:00.000',
  PRIMARY KEY (CustomerID)
);

CREATE INDEX IF NOT EXISTS IX_CustomerSites_ModifiedDate ON dbo.CustomerSites (ModifiedDate);
