import type { ExigoApiConfig } from '../../core/config.js';
import type { ShipmentNotice } from '../../core/shipment.js';
import type { StatusTarget } from '../../core/targets.js';
import type { ExigoClient } from './client.js';
import { trackingNumbers } from './shipment-target.js';

/**
 * Exigo as a place where orders have a status: read by GetOrders, moved by ChangeOrderStatusBatch. The API
 * has no compare-and-set, so between a read and a change somebody else may move an order.
 */
export function exigoStatusTarget(client: ExigoClient, config: ExigoApiConfig): StatusTarget {
  return {
    maxOrders: config.maxOrders,
    unknownWaitMs: config.unknownWaitMs,
    read: (orderIds) => client.readStatuses(orderIds),
    change: (orderIds, to, details) =>
      client.changeOrderStatusBatch(
        orderIds.map((orderID) => ({ orderID, ...shipmentOf(details?.get(orderID)) })),
        to,
      ),
  };
}

function shipmentOf(notice: ShipmentNotice | undefined) {
  return notice === undefined ? {} : { ...trackingNumbers(notice), shippedDate: notice.shippedAt };
}
