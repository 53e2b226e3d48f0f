import * as z from 'zod';
import { type OrderRules, UNMAPPED_SKUS } from '../../core/godatafeed.js';
import { OTHER_FIELDS } from '../../core/new-order.js';
import { group, listOf, type valueSchemas } from './values.js';

const INT_MAX = 2_147_483_647;

/** `godatafeed.stores[].orders` of the configuration. */
export function ordersSchema(values: ReturnType<typeof valueSchemas>) {
  const { text, integer, choice } = values;
  const id = () => integer(0, INT_MAX);
  const mapOf = <Value extends z.ZodType>(value: Value) =>
    z.record(z.string(), value, { error: 'must be a group of names and values' });
  const candidates = (...names: string[]) =>
    listOf(text())
      .refine((list) => list.length > 0, { error: 'must name at least one' })
      .prefault(names);
  const fields = group({
    currency: candidates('Currency', 'CurrencyCode').describe('Currency.'),
    shipMethod: candidates(
      'ShippingMethod',
      'ShippingService',
      'ShipmentMethod',
      'ShippingServiceLevel',
    ).describe('The shipping service that was bought.'),
    email: candidates('CustomerEmail', 'BuyerEmail', 'Email', 'Customer.Email', 'Buyer.Email').describe(
      "The buyer's e-mail address.",
    ),
    total: candidates('Total', 'OrderTotal').describe('What was paid.'),
    shipping: candidates('ShippingTotal', 'ShippingPrice').describe(
      'Shipping of the order; else the sum of its lines.',
    ),
    tax: candidates('TaxTotal', 'Tax').describe('Tax of the order; else the sum of its lines.'),
    discount: candidates('DiscountTotal', 'Discount').describe(
      'Discount of the order; else the sum of its lines.',
    ),
    notes: candidates('Notes', 'OrderNotes', 'CustomerNotes').describe('Notes for the order.'),
    lines: candidates('OrderItems', 'Items', 'OrderLines').describe('The lines.'),
    sku: candidates('SKU', 'ItemSKU', 'ProductSKU').describe('SKU of a line.'),
    title: candidates('ProductName', 'Title', 'Name', 'Description').describe('Description of a line.'),
    quantity: candidates('Quantity', 'Qty', 'QuantityOrdered').describe('Quantity of a line.'),
    unitPrice: candidates('UnitPrice', 'Price', 'ItemPrice').describe('Price of one piece.'),
    lineNumber: candidates('OrderItemNumber', 'LineNumber', 'MarketplaceOrderItemId').describe(
      'Number of a line.',
    ),
    lineShipping: candidates('Shipping', 'ShippingPrice').describe('Shipping of a line.'),
    lineTax: candidates('Tax', 'TaxAmount').describe('Tax of a line.'),
    lineDiscount: candidates('Discount', 'DiscountAmount').describe('Discount of a line.'),
    shipTo: candidates('ShippingAddress', 'ShipTo', 'Shipping').describe(
      'The ship-to address: an object of that name with the fields below, or fields whose names begin with it.',
    ),
    name: candidates('Name', 'FullName').describe('Whole name of the receiver, cut at its last space.'),
    firstName: candidates('FirstName').describe('First name of the receiver.'),
    lastName: candidates('LastName').describe('Last name of the receiver.'),
    company: candidates('Company', 'CompanyName').describe('Company of the receiver.'),
    address1: candidates('Address1', 'AddressLine1', 'Street').describe('First line of the address.'),
    address2: candidates('Address2', 'AddressLine2').describe('Second line of the address.'),
    city: candidates('City').describe('City.'),
    state: candidates('State', 'StateProvince', 'StateCode').describe('State.'),
    zip: candidates('PostalCode', 'Zip', 'ZipCode').describe('Postal code.'),
    country: candidates('CountryCode', 'Country').describe('Country, two letters.'),
    phone: candidates('Phone', 'PhoneNumber').describe('Phone.'),
  });

  return group({
    warehouse: id().describe('WarehouseID.'),
    priceType: integer(1, INT_MAX).prefault(1).describe('PriceType.'),
    currencies: mapOf(text()).describe("Exigo's currency code by the marketplace's: `MXN: mxp`."),
    shipMethods: mapOf(mapOf(id())).describe(
      'ShipMethodID by marketplace or `any`, then by the service that was bought or `any`.',
    ),
    skus: mapOf(text()).prefault({}).describe('Item code by SKU.'),
    unmappedSkus: choice(UNMAPPED_SKUS)
      .prefault('hold')
      .describe('An order with a SKU that is in no map is held, or the SKU is taken as the item code.'),
    lines: group({
      tax: text().optional().describe('Item code of the line that carries the tax.'),
      shipping: text()
        .optional()
        .describe("Item code of the line that carries the shipping; left out: the order's shipping amount."),
      discount: text().optional().describe('Item code of the line that carries the discount, negative.'),
    })
      .prefault({})
      .describe('Amounts that stand in lines of their own.'),
    customer: group({
      accounts: mapOf(id()).prefault({}).describe('House account (CustomerID) by marketplace or `any`.'),
      byEmail: integer(1, INT_MAX)
        .optional()
        .describe('CustomerTypeID of a customer that is made by e-mail address; left out: none is made.'),
    }).describe(
      'Whose order it is: the house account, else the customer with the e-mail address of the buyer.',
    ),
    paymentType: id().optional().describe('PaymentTypeID of the payment; left out: no payment is made.'),
    keyField: choice(OTHER_FIELDS)
      .prefault('other20')
      .describe('Field of the order that holds marketplace and number; the order is found by it.'),
    fields: fields
      .prefault({})
      .describe(
        'Candidates for the fields of an order: the first that has a value wins, compared without case; dots lead into objects.',
      ),
  }).transform((value): OrderRules => {
    const { tax = null, shipping = null, discount = null } = value.lines;
    return {
      ...value,
      lines: { tax, shipping, discount },
      customer: { ...value.customer, byEmail: value.customer.byEmail ?? null },
      paymentType: value.paymentType ?? null,
    };
  });
}
