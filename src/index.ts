/** What a pipeline file needs, and all it may import. */
export type { MarketplaceDocument } from './core/feed-store.js';
export type { Order } from './core/order.js';
export { columnOf } from './core/order.js';
export {
  definePipeline,
  exclude,
  type FrozenTable,
  load,
  type PipelineDefinition,
  reject,
  type TransformTools,
  type Verdict,
} from './core/pipeline.js';
export {
  canceledAfterHandOver,
  exigoApi,
  exigoQueue,
  godatafeedEnded,
  godatafeedNew,
  threePlInbox,
} from './extract/sources.js';
export {
  exigoCancel,
  exigoCreateOrder,
  exigoReturnOrder,
  exigoStatus,
  exigoTracking,
  godatafeedAcknowledge,
  godatafeedCancel,
  godatafeedUpdate,
  tableCsv,
  threePlAnswer,
  threePlFile,
  threePlNotice,
} from './load/steps.js';
