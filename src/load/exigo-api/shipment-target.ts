import type { ExigoApiConfig } from '../../core/config.js';
import type { ShipmentNotice } from '../../core/shipment.js';
import type { ShipmentTarget, ShownShipment } from '../../core/targets.js';
import type { ExigoClient } from './client.js';
import type { ExigoOrder } from './order-reply.js';
import type { OrderUpdate, TrackingNumbers } from './requests.js';

const NUMBERS = [
  'trackingNumber1',
  'trackingNumber2',
  'trackingNumber3',
  'trackingNumber4',
  'trackingNumber5',
] as const;
/** The first carrier has no number in the newer form of the API (exigo.md section 2.8). */
const CARRIERS = [
  'webCarrierID',
  'webCarrierID2',
  'webCarrierID3',
  'webCarrierID4',
  'webCarrierID5',
] as const;

/** Exigo as a place that tracking numbers go to: UpdateOrder, read back by GetOrders. */
export function exigoShipmentTarget(client: ExigoClient, config: ExigoApiConfig): ShipmentTarget {
  return {
    unknownWaitMs: config.unknownWaitMs,

    async look(orderId) {
      const orders = await client.getOrders({ orderID: orderId, batchSize: 1 });
      const found = orders.find((order) => order.orderID === orderId);
      return found === undefined ? null : shownShipment(found);
    },

    async tell(orderId, notice, shown) {
      await client.updateOrder({ orderID: orderId }, fieldsOf(notice, shown));
    },
  };
}

/** Only what is given is changed there, so a number of a parcel that is no longer one is emptied. */
function fieldsOf({ tracking, shipMethodId }: ShipmentNotice, shown: ShownShipment): OrderUpdate {
  const fields = NUMBERS.flatMap((name, i): [string, string][] => {
    const parcel = tracking[i];
    if (parcel === undefined) return shown.tracking[i] == null ? [] : [[name, '']];
    const carrier = CARRIERS[i];
    return parcel.carrier === null || carrier === undefined
      ? [[name, parcel.number]]
      : [
          [name, parcel.number],
          [carrier, parcel.carrier],
        ];
  });
  return {
    ...(Object.fromEntries(fields) as OrderUpdate),
    ...(shipMethodId === null ? {} : { shipMethodID: shipMethodId }),
  };
}

/** Numbers as the calls name them. */
export function trackingNumbers({ tracking }: ShipmentNotice): TrackingNumbers {
  return Object.fromEntries(NUMBERS.flatMap((name, i) => (tracking[i] ? [[name, tracking[i].number]] : [])));
}

function shownShipment(order: ExigoOrder): ShownShipment {
  return {
    status: order.orderStatus ?? 'unknown',
    tracking: NUMBERS.map((name) => order[name]?.trim() || null),
    shipMethodId: order.shipMethodID,
  };
}
