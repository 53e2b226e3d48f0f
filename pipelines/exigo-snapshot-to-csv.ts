import { definePipeline, exigoQueue, load, tableCsv } from '../src/index.js';

/** The six tables of each change set become six CSV files, for accounting and BI. */
export default definePipeline({
  name: 'exigo-snapshot-to-csv',
  source: exigoQueue({ aggregate: 'table' }),
  transform: () => load(),
  load: [tableCsv({ step: 'table-csv' })],
});
