import {
  definePipeline,
  exigoCreateOrder,
  godatafeedAcknowledge,
  godatafeedCancel,
  godatafeedNew,
} from '../src/index.js';

/** New marketplace orders become orders in Exigo, then they are acknowledged with their number there. */
export default definePipeline({
  name: 'godatafeed-orders-to-exigo',
  source: godatafeedNew(), // every store by itself, all pages before anything is acknowledged
  transform: (order, { toExigo }) => toExigo(order), // maps: godatafeed.stores[].orders
  load: [
    exigoCreateOrder({ step: 'create-order' }), // once per marketplace order; customer, order, payment
    godatafeedAcknowledge({ step: 'acknowledge', after: 'create-order' }), // with the Exigo order id
    godatafeedCancel({ step: 'cancel' }), // only by a person: release --as cancel
  ],
});
