/** CreateOrder of type ReturnOrder: what is sent, and what the stand-in makes of it and refuses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExigoApiConfig } from '../../src/core/config.js';
import type { NewReturnOrder } from '../../src/core/returned.js';
import { createExigoClient, type ExigoClient } from '../../src/load/exigo-api/client.js';
import { exigoReturnTarget, returnRequest } from '../../src/load/exigo-api/return-target.js';
import { errorOf } from '../support/exigo-standin.js';
import { House } from '../support/house.js';
import { placeOrder } from '../support/small-orders.js';

const ORDER: NewReturnOrder = {
  key: 'return:1:0123456789ab',
  keyField: 'other20',
  returnOrderId: 1,
  customerId: 70,
  status: 'Pending',
  orderedAt: Date.parse('2026-11-01T06:30:00Z'),
  currency: 'usd',
  warehouseId: 1,
  shipMethodId: 2,
  priceType: 1,
  shipTo: {
    firstName: 'Ann',
    lastName: 'Lee',
    company: null,
    address1: '1 First St',
    address2: null,
    city: 'Reno',
    state: 'NV',
    zip: '89501',
    country: 'US',
    phone: null,
  },
  email: null,
  lines: [
    {
      itemCode: 'TEA',
      quantity: '-0.35',
      priceEach: '90071992547409.9312',
      businessVolumeEach: '1.10',
      commissionableVolumeEach: null,
      description: 'Tea',
    },
  ],
  shipping: '-7.50',
  tax: 'none',
  notes: 'Came back to atlas: 0.35 of TEA',
};

describe('return orders on the stand-in', () => {
  let house: House;
  let client: ExigoClient;
  beforeEach(async () => {
    house = await House.open({ templates: [] });
    client = createExigoClient(house.config.exigoApi as ExigoApiConfig, { clock: house.clock });
    await placeOrder(house, 1, { row: { CustomerID: 70 } });
  });
  afterEach(async () => {
    client.close();
    await house.close();
  });
  const target = () => exigoReturnTarget(client, house.config.exigoApi as ExigoApiConfig);
  const refusal = async (keys: Partial<NewReturnOrder>) =>
    (await errorOf(target().make({ ...ORDER, ...keys }))).message;

  it('are made with every digit, and found by their key', async () => {
    expect(await target().find(ORDER)).toBeNull();
    const made = await target().make(ORDER);
    expect(await target().find(ORDER)).toEqual({ orderId: made, customerId: 70, status: 'Pending' });
    const [order] = await house.all<Record<string, unknown>>(
      `SELECT OrderTypeID, ReturnOrderID, OrderKey, ShippingTotal FROM "dbo.Orders" WHERE OrderID = ${made}`,
    );
    expect(order).toMatchObject({ OrderTypeID: 8, ReturnOrderID: 1, OrderKey: ORDER.key });
    const body = JSON.stringify(house.standin.journal.at(-1)?.body);
    expect(body).toContain('"orderType":"ReturnOrder"');
    expect(JSON.stringify(returnRequest(ORDER).request)).not.toContain('null');
  });

  it('are refused a second time by their key, and where they are of no order, customer or item', async () => {
    await target().make(ORDER);
    expect(await refusal({})).toContain('ManualOrderKey return:1:0123456789ab is in use');
    const other = { key: 'return:1:ba9876543210' };
    expect(await refusal({ ...other, returnOrderId: 99 })).toContain('returnOrderID 99 was not found');
    expect(await refusal({ ...other, customerId: 71 })).toContain('is of another customer');
    const [line] = ORDER.lines;
    if (line === undefined) return;
    expect(await refusal({ ...other, lines: [{ ...line, itemCode: 'CUP' }] })).toContain(
      'item CUP is not in order 1',
    );
    expect(await refusal({ ...other, lines: [{ ...line, quantity: '1' }] })).toContain('must be below zero');
  });
});

it('leaves tax to Exigo where there was some', () => {
  const { request } = returnRequest({ ...ORDER, tax: 'calculated' });
  expect(request).not.toHaveProperty('taxRateOverride');
  expect(request).toMatchObject({ manualOrderKey: ORDER.key, other20: ORDER.key, returnOrderID: 1 });
});
