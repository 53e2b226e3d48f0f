/**
 * Columns that are never frozen unless `source.allowSensitive` names them (`Payments.CreditCardNumber`):
 * password hashes, bank, card, tax and licence numbers (exigo.md section 4.3). Columns of other names that
 * look like one of these are left out as well.
 */
const LISTED = new Set([
  'Customers.PasswordHash',
  'Customers.TaxCode',
  'Customers.SalesTaxCode',
  'Customers.VatRegistration',
  'Payments.CreditCardNumber',
  'Payments.CheckNumber',
  'Payments.CheckAccountNumber',
  'Payments.CheckRoutingNumber',
  'Payments.DriversLicenseNumber',
  'CustomerAccounts.PrimaryCreditCardDisplay',
  'CustomerAccounts.SecondaryCreditCardDisplay',
  'CustomerAccounts.BankAccountNumber',
  'CustomerAccounts.BankRoutingNumber',
  'CustomerAccounts.DepositAccountNumber',
  'CustomerAccounts.DepositRoutingNumber',
  'CustomerAccounts.DriversLicenseNumber',
  'CustomerAccounts.Iban',
  'CustomerAccounts.CheckIban',
  'CustomerAccounts.SwiftCode',
  'CustomerAccounts.CheckSwiftCode',
  'CustomerAccounts.PrimaryWalletAccount',
  'CustomerAccounts.SecondaryWalletAccount',
  'CustomerAccounts.TertiaryWalletAccount',
  'CustomerAccounts.QuaternaryWalletAccount',
  'CustomerAccounts.QuinaryWalletAccount',
  'CustomerAccounts.CreditCardToken',
  'CustomerAccounts.CreditCardToken2',
]);

const LOOKS_LIKE =
  /password|passwd|(card|account|routing|licen[cs]e)_?(number|num|no)\d*$|card_?token|cvv|cvc|iban|swift|tax_?id|vat_?(id|number|reg)|\bssn\b|social_?security/i;

export function isSensitive(table: string, column: string, allowed: readonly string[]): boolean {
  const name = `${table}.${column}`;
  return (LISTED.has(name) || LOOKS_LIKE.test(column)) && !allowed.includes(name);
}
