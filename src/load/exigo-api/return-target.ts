import { MINUTE } from '../../core/clock.js';
import type { ExigoApiConfig } from '../../core/config.js';
import type { NewReturnOrder, ReturnTarget } from '../../core/returned.js';
import { JsonNumber } from '../../http/json.js';
import type { ExigoClient } from './client.js';
import { findByKey } from './order-target.js';
import { present, type TransactionRequest } from './transaction.js';
import { toExigoDate } from './values.js';

/** Exigo as a place where return orders are made: one CreateOrder, found again by the field that holds its key. */
export function exigoReturnTarget(client: ExigoClient, config: ExigoApiConfig): ReturnTarget {
  return {
    unknownWaitMs: config.createWaitMs ?? 20 * MINUTE,
    refusesDuplicates: config.duplicateKeys === 'refused',
    find: (order) => findByKey(client, order),
    async make(order, guard) {
      const requests = [returnRequest(order)];
      await guard?.();
      return (await client.processTransaction(requests, order.key)).orderId;
    },
  };
}

/**
 * CreateOrder of type ReturnOrder (exigo.md section 2.9). What the vendor makes of quantities below zero is not documented;
 * prices and volumes are therefore given for every line, as they were charged.
 */
export function returnRequest(order: NewReturnOrder): TransactionRequest {
  const request = {
    customerID: order.customerId,
    orderStatus: order.status,
    orderType: 'ReturnOrder',
    returnOrderID: order.returnOrderId,
    orderDate: toExigoDate(order.orderedAt),
    currencyCode: order.currency,
    warehouseID: order.warehouseId,
    shipMethodID: order.shipMethodId,
    priceType: order.priceType,
    ...order.shipTo,
    email: order.email,
    notes: order.notes,
    manualOrderKey: order.key,
    [order.keyField]: order.key,
    taxRateOverride: order.tax === 'none' ? new JsonNumber('0') : null,
    shippingAmountOverride: new JsonNumber(order.shipping),
    details: order.lines.map((line) =>
      present({
        itemCode: line.itemCode,
        quantity: new JsonNumber(line.quantity),
        priceEachOverride: new JsonNumber(line.priceEach),
        taxableEachOverride: order.tax === 'none' ? new JsonNumber('0') : null,
        shippingPriceEachOverride: new JsonNumber('0'),
        businessVolumeEachOverride: numberOf(line.businessVolumeEach),
        commissionableVolumeEachOverride: numberOf(line.commissionableVolumeEach),
        descriptionOverride: line.description,
      }),
    ),
  };
  return { typeName: 'CreateOrderRequest', request: present(request) };
}

function numberOf(decimal: string | null): JsonNumber | null {
  return decimal === null ? null : new JsonNumber(decimal);
}
