import { definePipeline, exclude, exigoQueue, threePlNotice } from '../src/index.js';

/** Return orders of Exigo become notices to the 3PLs that shipped the goods and get them back. */
export default definePipeline({
  name: 'exigo-returns-to-3pl',
  source: exigoQueue({ aggregate: 'order' }),
  transform(order, { returnNotice }) {
    if (order.type !== 'ReturnOrder') return exclude('NOT_A_RETURN');
    if (order.status !== 'Accepted') return exclude('NOT_ACCEPTED', `status ${order.status}`);
    return returnNotice(order); // the 3PL that has the order it is of, else by the routes
  },
  load: [threePlNotice({ step: 'notice', section: 'returns' })], // once per return order and generation
});
