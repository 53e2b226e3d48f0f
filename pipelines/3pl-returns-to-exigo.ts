import { definePipeline, exigoReturnOrder, threePlInbox } from '../src/index.js';

/** What comes back to the 3PLs becomes return orders in Exigo, or is noted, as the template of each 3PL says. */
export default definePipeline({
  name: '3pl-returns-to-exigo',
  source: threePlInbox({ aggregate: 'return' }), // the same files, read once; what each says came back of an order
  transform: (returned, { toReturnOrder }) => toReturnOrder(returned), // never more than was shipped
  load: [exigoReturnOrder({ step: 'return-order' })], // once per order, file and rows
});
