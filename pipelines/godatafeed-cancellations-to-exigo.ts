import { definePipeline, exigoCancel, godatafeedEnded, load } from '../src/index.js';

/** Orders that a marketplace canceled, or that somebody else shipped, are canceled in Exigo while they are still here. */
export default definePipeline({
  name: 'godatafeed-cancellations-to-exigo',
  source: godatafeedEnded(), // linked orders that are open with us, and not with their marketplace
  transform: (order) => load(order.store),
  load: [exigoCancel({ step: 'cancel-in-exigo' })], // handed over already: held as TOO_LATE
});
