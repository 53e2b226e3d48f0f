import { DateTime } from 'luxon';
import { statusName, typeName } from '../../core/exigo.js';
import { CUSTOMERS, ORDER_DETAILS, ORDERS, PAYMENTS } from '../../core/exigo-tables.js';
import { EXIGO_ZONE, fromExigoText } from '../../core/time.js';
import type { Value } from '../../db/database.js';

/** How a table's rows become members of a JSON object. */
export interface Encoder {
  /** Columns to select, in this order. */
  readonly columns: readonly string[];
  /** `"orderID":17,"total":12.5000,...` without braces. */
  encode(row: readonly Value[]): string;
}

type Columns = Readonly<Record<string, string>>;

/** Reply names that are not the column's with a small first letter; null: not in the reply. */
const ORDER_NAMES: Readonly<Record<string, string | null>> = {
  OrderStatusID: 'orderStatus',
  PriceTypeID: 'priceType',
  OrderTypeID: 'orderTyID',
  OrderSubStatusID: 'orderSubStatusTy',
  TransferToCustomerID: 'transferToID',
  ...none('IsCommissionable ParentOrderID BatchID DeclineCount LockedDate ReturnCategoryID'),
  ...none('ReplacementCategoryID TaxIntegrationCalculate TaxIntegrationCommit HandlingFee PickupName'),
  ...none('TotalTaxable ReferralId WebCarrierID1 WebCarrierID2 WebCarrierID3 WebCarrierID4 WebCarrierID5'),
};

const DETAIL_NAMES: Readonly<Record<string, string | null>> = {
  ItemDescription: 'description',
  BusinessVolume: 'businesVolume',
  ...none('OrderID ItemID ParentItemID OriginalTaxableEach'),
  ...none('OriginalBusinessVolumeEach OriginalCommissionableVolumeEach'),
};

const PAYMENT_NAMES: Readonly<Record<string, string | null>> = {
  PaymentTypeID: 'paymentTypeId',
  CreditCardTypeID: 'creditCardType',
  CreditCardNumber: 'creditCardNumberDisplay',
  CheckBankName: 'bankName',
  WalletTypeID: 'walletTy',
  BillingZipAddress: 'billingZip',
  ...none('WarehouseID CheckNumber CheckAccountNumber CheckRoutingNumber CheckDate CheckBankAddress'),
  ...none('CheckBankCityAddress CheckBankStateAddress CheckBankZipAddress DriversLicenseNumber'),
  ...none('MerchantTypeID MerchantTransactionKey PointAccountID ModifiedDate'),
};

const CUSTOMER_NAMES: Readonly<Record<string, string | null>> = {
  CustomerTypeID: 'customerType',
  CustomerStatusID: 'customerStatus',
  PayableTypeID: 'payableType',
  SalesTaxCode: 'salesTaxID',
  MainVerified: 'mainAddressVerified',
  MailVerified: 'mailAddressVerified',
  OtherVerified: 'otherAddressVerified',
  IsEmailSubscribed: 'isSubscribedToBroadcasts',
  ...none('CanLogin PasswordHash TaxCode TaxCodeTypeID SalesTaxExemptExpireDate BinaryPlacementTypeID'),
  ...none('UseBinaryHoldingTank IsInBinaryHoldingTank EmailSubscribeIP IsSMSSubscribed Notes CreatedBy'),
  ...none('ModifiedBy EmailUnsubscribeDate EmailSubscribeDate SMSSubscribeDate SMSUnsubscribeDate'),
  ...none('TerminationReason'),
};

/** What a caller needs who asks where an order stands. */
const HEAD = ['OrderID', 'CustomerID', 'OrderStatusID', 'OrderTypeID', 'OrderDate', 'ModifiedDate'];

type Present = ReadonlySet<string>;

export function orderEncoder(present: Present, headOnly: boolean): Encoder {
  return encoder(ORDERS, ORDER_NAMES, (name) => present.has(name) && (!headOnly || HEAD.includes(name)), {
    OrderStatusID: (value) => JSON.stringify(statusName(Number(value))),
    OrderTypeID: (value) => `${value},"orderTyDescription":${JSON.stringify(typeName(Number(value)))}`,
  });
}

export function detailEncoder(present: Present): Encoder {
  return encoder(ORDER_DETAILS, DETAIL_NAMES, (name) => present.has(name), {});
}

export function paymentEncoder(present: Present): Encoder {
  return encoder(PAYMENTS, PAYMENT_NAMES, (name) => present.has(name), {
    CreditCardNumber: (value) => JSON.stringify(String(value).replace(/.(?=.{4})/g, '*')),
  });
}

export function customerEncoder(present: Present): Encoder {
  return encoder(CUSTOMERS, CUSTOMER_NAMES, (name) => present.has(name), {});
}

function encoder(
  table: Columns,
  names: Readonly<Record<string, string | null>>,
  wanted: (column: string) => boolean,
  special: Readonly<Record<string, (value: Value) => string>>,
): Encoder {
  const columns = Object.keys(table).filter((column) => names[column] !== null && wanted(column));
  const prefixes = columns.map((column) => `${JSON.stringify(names[column] ?? lowerFirst(column))}:`);
  const encoders = columns.map((column) => special[column] ?? encoderOf(table[column] ?? ''));
  return {
    columns,
    encode(row) {
      let text = '';
      for (let i = 0; i < prefixes.length; i++) {
        const value = row[i] ?? null;
        const encoded = value === null ? 'null' : encoders[i]?.(value);
        text += `${i === 0 ? '' : ','}${prefixes[i]}${encoded}`;
      }
      return text;
    },
  };
}

function encoderOf(type: string): (value: Value) => string {
  if (type.startsWith('int')) return String;
  if (type.startsWith('bit')) return (value) => (value ? 'true' : 'false');
  if (type.startsWith('money')) return amount;
  if (type.startsWith('datetime')) return (value) => `"${withOffset(String(value))}"`;
  return (value) => JSON.stringify(value);
}

/** Digits as they are in the table, so that no amount passes through a binary float. */
function amount(value: Value): string {
  const text = String(value);
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? text : JSON.stringify(text);
}

const offsets = new Map<string, string>();
const MAX_OFFSETS = 50_000;

/** Table date to the API's, `2024-11-13T09:30:00-06:00`. Offsets are remembered by the hour. */
export function withOffset(text: string): string {
  const hour = text.slice(0, 13);
  let offset = offsets.get(hour);
  if (offset === undefined) {
    if (offsets.size >= MAX_OFFSETS) offsets.clear();
    const date = DateTime.fromMillis(fromExigoText(`${hour}:00:00`), { zone: EXIGO_ZONE, locale: 'en-US' });
    offset = date.toFormat('ZZ');
    offsets.set(hour, offset);
  }
  const fraction = text.slice(19) === '.000' ? '' : text.slice(19);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction}${offset}`;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function none(names: string): Record<string, null> {
  return Object.fromEntries(names.split(' ').map((name) => [name, null]));
}
