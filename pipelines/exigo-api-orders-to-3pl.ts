import { definePipeline, exigoApi } from '../src/index.js';
import exigoOrdersTo3pl from './exigo-orders-to-3pl.js';

/** The same rule and the same steps, for companies without a sync database: orders come from GetOrders. */
export default definePipeline({
  ...exigoOrdersTo3pl,
  name: 'exigo-api-orders-to-3pl',
  source: exigoApi({ aggregate: 'order' }), // qualifiers: exigoApi.orders
});
