import { definePipeline, exclude, exigoQueue, godatafeedUpdate } from '../src/index.js';

/** Marketplace orders that became Shipped or Canceled in Exigo are reported to their marketplaces. */
export default definePipeline({
  name: 'exigo-status-to-godatafeed',
  source: exigoQueue({ aggregate: 'order' }),
  transform(order, { linked, report }) {
    if (!linked(order)) return exclude('NOT_A_MARKETPLACE_ORDER');
    if (order.status !== 'Shipped' && order.status !== 'Canceled')
      return exclude('NOT_REPORTED', `status ${order.status}`);
    return report(order); // carrier, ship date, where it is published: godatafeed.stores[].updates
  },
  load: [godatafeedUpdate({ step: 'report' })], // once per marketplace order and what it is told
});
