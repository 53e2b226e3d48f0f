export type { Order } from './core/order.js';
export { columnOf } from './core/order.js';
export type { FrozenTable, PipelineDefinition, TransformTools, Verdict } from './core/pipeline.js';
export { exclude, load, reject } from './core/pipeline.js';
