import exigoOrdersTo3pl from '../../pipelines/exigo-orders-to-3pl.js';
import exigoSnapshotToCsv from '../../pipelines/exigo-snapshot-to-csv.js';
import { UsageError } from '../core/errors.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { didYouMean } from '../core/text.js';

/** Every flow of `pipelines/`; a new one is added here. */
export const PIPELINES: readonly AnyPipeline[] = [exigoOrdersTo3pl, exigoSnapshotToCsv];

export function findPipeline(name: string): AnyPipeline {
  const names = PIPELINES.map((pipeline) => pipeline.name);
  const found = PIPELINES.find((pipeline) => pipeline.name === name);
  if (found === undefined) {
    throw new UsageError(`no pipeline "${name}"${didYouMean(name, names)} (there are: ${names.join(', ')})`);
  }
  return found;
}
