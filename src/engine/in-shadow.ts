import { inShadow } from '../core/config.js';
import type { AnyPipeline } from '../core/pipeline.js';
import type { EngineContext } from './context.js';

/** Whether a pipeline makes files: in shadow these lie elsewhere, and what comes after them is not done. */
export function hasFiles({ load }: AnyPipeline): boolean {
  const kind = load[0]?.kind;
  return kind === '3pl-file' || kind === 'table-csv';
}

/**
 * Whether the inboxes of 3PLs are read where they lie: while one of the pipelines that live on them runs in shadow their files
 * are the earlier script's to take.
 */
export function inboxesInShadow({ pipelines, config }: Pick<EngineContext, 'pipelines' | 'config'>): boolean {
  return pipelines.some(({ name, source }) => source.kind === '3pl-inbox' && inShadow(config, name));
}

/** Name of the pipeline that hands orders over, while it runs in shadow; null: hand-overs are live. */
export function handOverInShadow({
  pipelines,
  config,
}: Pick<EngineContext, 'pipelines' | 'config'>): string | null {
  const found = pipelines.find(({ name, load }) => load[0]?.kind === '3pl-file' && inShadow(config, name));
  return found?.name ?? null;
}

/**
 * Why no notice of this pipeline leaves; null: they do, or it has none. While hand-overs run in shadow the 3PL is told by the
 * earlier script alone.
 */
export function noticesWait(
  context: Pick<EngineContext, 'pipelines' | 'config'>,
  { load }: AnyPipeline,
): string | null {
  const shadow = load[0]?.kind === '3pl-notice' ? handOverInShadow(context) : null;
  return shadow === null ? null : `${shadow} runs in shadow, so nothing is told to a 3PL until that is live`;
}
