import { canceledAfterHandOver, definePipeline, load, threePlAnswer, threePlNotice } from '../src/index.js';

/** Orders that were canceled when their 3PL had them already: it is asked to cancel them, and its answer is final. */
export default definePipeline({
  name: 'exigo-cancellations-to-3pl',
  source: canceledAfterHandOver(), // in Exigo, at the marketplace, or by a person
  transform: (order) => load(order.threePl),
  load: [
    threePlNotice({ step: 'cancellation', section: 'cancellations' }), // once per hand-over of an order
    threePlAnswer({ step: 'canceled', after: 'cancellation' }), // too late: held, with file and line
  ],
});
