import { definePipeline, exigoStatus, exigoTracking, threePlInbox } from '../src/index.js';

/** What the 3PLs ship becomes tracking numbers and Shipped orders in Exigo. */
export default definePipeline({
  name: '3pl-shipments-to-exigo',
  source: threePlInbox(), // files of every 3PL that has an inbox, row by row
  transform: (order, { ship }) => ship(order), // all lines accounted for, parcels: config/3pl/*.yaml
  load: [
    exigoTracking({ step: 'tracking' }), // once per order and numbers; a corrected one goes alone
    exigoStatus({ step: 'shipped', to: 'Shipped', after: 'tracking' }), // read before and after
  ],
});
