/** Order status: the API's name is the enum, its position is `OrderStatusID` (exigo.md section 3.1). */
export const ORDER_STATUSES = [
  'Incomplete',
  'Pending',
  'CCDeclined',
  'ACHDeclined',
  'Canceled',
  'CCPending',
  'ACHPending',
  'Accepted',
  'Printed',
  'Shipped',
  'PendingInventory',
] as const;

export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Order type: name by `OrderTypeID` (exigo.md section 3.2). */
export const ORDER_TYPES = [
  'Default',
  'CustomerService',
  'ShoppingCart',
  'WebWizard',
  'AutoOrder',
  'Import',
  'BackOrder',
  'ReplacementOrder',
  'ReturnOrder',
  'WebAutoOrder',
  'TicketSystem',
  'APIOrder',
  'BackOrderParent',
  'ChildOrder',
  'Other1',
  'Other2',
  'Other3',
  'Other4',
  'Other5',
  'Other6',
  'Other7',
  'Other8',
  'Other9',
  'Other10',
] as const;

export type OrderType = (typeof ORDER_TYPES)[number];

/** Carrier by `WebCarrierID` (exigo.md section 3.4). */
export const CARRIERS: Readonly<Record<number, string>> = {
  2: 'FedEx',
  3: 'UPS',
  4: 'Purolator',
  5: 'CanadaPostRegular',
  6: 'CanadaPostExpress',
  20: 'DHL',
  23: 'USPS',
  24: 'Estafeta',
  25: 'RoyalMail',
  27: 'GLSHungary',
  28: 'PostenNorway',
  29: 'LandMarkGlobal',
  45: 'GDEX',
};

export function statusName(id: number): OrderStatus | `status ${number}` {
  return ORDER_STATUSES[id] ?? `status ${id}`;
}

export function statusId(name: OrderStatus): number {
  return ORDER_STATUSES.indexOf(name);
}

export function typeName(id: number): OrderType | `type ${number}` {
  return ORDER_TYPES[id] ?? `type ${id}`;
}
