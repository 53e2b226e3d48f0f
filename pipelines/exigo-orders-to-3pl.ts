import { definePipeline, exclude, exigoQueue, exigoStatus, threePlFile } from '../src/index.js';

/** Accepted orders become the hand-over files of the 3PLs, then Printed orders in Exigo. */
export default definePipeline({
  name: 'exigo-orders-to-3pl',
  source: exigoQueue({ aggregate: 'order' }),
  transform(order, { route }) {
    if (order.type === 'ReturnOrder') return exclude('RETURN');
    if (order.status !== 'Accepted') return exclude('NOT_ACCEPTED', `status ${order.status}`);
    return route(order); // 3PL by warehouse, ship method, country ...: config/3pl/*.yaml
  },
  load: [
    threePlFile({ step: 'hand-over' }), // once per order and generation
    exigoStatus({ step: 'printed', to: 'Printed', after: 'hand-over' }), // read before and after
  ],
});
