-- dbo.Payments: a table of the Exigo sync database, as the newest public capture shows it.
--      One row per payment; an order may have several, a payment may have no order.
-- In:  nothing; runs once, and again without effect.
-- Out: the table, empty, with its key and indexes. Money is text with four decimals (12.5000), dates are
--      text in US Central time without offset (2026-11-20 21:07:00.000), bit is 0 or 1.
CREATE TABLE IF NOT EXISTS dbo.Payments (
  PaymentID INTEGER NOT NULL,
  CustomerID INTEGER NOT NULL DEFAULT 0,
  OrderID INTEGER,
  PaymentTypeID INTEGER NOT NULL DEFAULT 0,
  PaymentDate TEXT NOT NULL DEFAULT '1900-01-01 00:00:00.000',
  Amount TEXT NOT NULL DEFAULT '0.0000',
  CurrencyCode TEXT NOT NULL DEFAULT '',
  WarehouseID INTEGER NOT NULL DEFAULT 0,
  BillingName TEXT,
  CreditCardTypeID INTEGER NOT NULL DEFAULT 0,
  CreditCardNumber TEXT,
  AuthorizationCode TEXT,
  CheckNumber TEXT,
  CheckAccountNumber TEXT,
  CheckRoutingNumber TEXT,
  CheckDate TEXT,
  CheckBankName TEXT,
  CheckBankAddress TEXT,
  CheckBankCityAddress TEXT,
  CheckBankStateAddress TEXT,
  CheckBankZipAddress TEXT,
  Memo TEXT,
  WalletTypeID INTEGER,
  DriversLicenseNumber TEXT,
  MerchantTypeID INTEGER,
  MerchantTransactionKey TEXT,
  PointAccountID INTEGER,
  BillingAddress1 TEXT,
  BillingAddress2 TEXT,
  BillingCity TEXT,
  BillingState TEXT,
  BillingZipAddress TEXT,
  BillingCountry TEXT,
  ModifiedDate TEXT NOT NULL DEFAULT '1900-01-01 00:00:00.000',
  PRIMARY KEY (PaymentID)
);

CREATE INDEX IF NOT EXISTS IX_Payments_ModifiedDate ON dbo.Payments (ModifiedDate);

CREATE INDEX IF NOT EXISTS IX_Payments_OrderID ON dbo.Payments (OrderID);
