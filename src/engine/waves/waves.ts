import { inShadow } from '../../core/config.js';
import { InvariantError } from '../../core/errors.js';
import { fileOf, type WaveRule } from '../../core/hand-over.js';
import type { AnyPipeline, StepDescription } from '../../core/pipeline.js';
import { counted } from '../../core/text.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import { keepConfiguration } from '../../queue/ledger/configurations.js';
import { insertEvent } from '../../queue/ledger/events.js';
import type { Session } from '../../queue/ledger/session.js';
import { readWatermarks, writeWatermark } from '../../queue/ledger/watermarks.js';
import {
  fillWave,
  hasReady,
  insertWave,
  nextNumber,
  type ReadyTarget,
  readyTargets,
} from '../../queue/ledger/waves.js';
import type { EngineContext } from '../context.js';
import { noticesWait } from '../in-shadow.js';
import { lastCutOff } from './cut-off.js';

const EVERY_RUN: WaveRule = { cutOffs: [], zone: 'UTC', coolingOffMs: 0, maxOrders: 1 };

/** By 3PL with cut-offs: whether its wave is due in this run, and what was noted before. */
export type DueWaves = Map<string, { readonly due: boolean; readonly before: string | undefined }>;

/**
 * Plans the waves that are due: per target a number, a name, and the ready items that are old enough, one
 * effect each, `limit` items at most. In the caller's transaction, so a roll-back gives the number back. Returns
 * how many items were taken; items whose target waits for its cut-off stay ready.
 *
 * The first run after a cut-off makes its wave, whatever is ready then: an order that comes later waits for
 * the next one, also when that wave was empty. `due` lasts for one run, so that all slices of a backfill go
 * with the same wave; a limit that cuts a wave short leaves the cut-off to the next run.
 */
export async function planWaves(
  context: EngineContext,
  session: Session,
  pipeline: AnyPipeline,
  limit: number,
  due: DueWaves,
): Promise<number> {
  const wait = noticesWait(context, pipeline);
  if (wait !== null) {
    context.log.warn(`notices of ${pipeline.name} wait: ${wait}`);
    return 0;
  }
  await noteDue(context, session, pipeline, due);
  let taken = 0;
  for (const ready of await readyTargets(session, pipeline.name)) {
    taken += await planTarget(context, session, pipeline, ready, limit - taken, due);
  }
  return taken;
}

async function planTarget(
  context: EngineContext,
  session: Session,
  pipeline: AnyPipeline,
  ready: ReadyTarget,
  limit: number,
  due: DueWaves,
): Promise<number> {
  const step = pipeline.load[0];
  if (step === undefined) throw new InvariantError(`pipeline ${pipeline.name} has no step`);
  const threePl = context.config.threePls.find(({ name }) => name === ready.target);
  if (goesToThreePl(step) && threePl === undefined) {
    context.log.warn(
      `3PL "${ready.target}" is not configured any more, ${counted(ready.items, 'order')} for it cannot leave: name its template under threePls again, or release them as cancel`,
    );
    return 0;
  }
  const section = step.kind === '3pl-notice' ? step.section : null;
  const file = threePl === undefined ? null : fileOf(threePl, section);
  if (threePl !== undefined && file === null) {
    context.log.warn(
      `the template of ${ready.target} has no ${section} any more, ${counted(ready.items, 'order')} for it cannot leave: give it the section again`,
    );
    return 0;
  }
  const rule = file?.wave ?? EVERY_RUN;
  const nowMs = context.clock.now();
  const createdUntil = toUtcText(nowMs - rule.coolingOffMs);
  if (ready.oldest_utc > createdUntil || due.get(ready.target)?.due === false) return 0;
  if (limit <= 0) return leaveToNextRun(session, pipeline, ready.target, due);

  const now = toUtcText(nowMs);
  await keepConfiguration(session, context.config.frozen.hash, context.config.frozen.json, now);
  const wave = { pipeline: pipeline.name, step: step.step, section, target: ready.target, now };
  let taken = 0;
  do {
    const number = await nextNumber(session, `file/${pipeline.name}/${ready.target}`);
    const fileName =
      file === null
        ? tableFileName(pipeline.name, ready.target, number)
        : file.fileName({ number, plannedAt: fromUtcText(now) });
    const waveId = await insertWave(session, {
      ...wave,
      number,
      fileName,
      configHash: context.config.frozen.hash,
      shadow: inShadow(context.config, pipeline.name),
    });
    const most = Math.min(rule.maxOrders, limit - taken);
    const filled = await fillWave(session, { ...wave, waveId, createdUntil, limit: most });
    taken += filled;
    await insertEvent(session, {
      at: now,
      kind: 'planned',
      pipeline: pipeline.name,
      waveId,
      message: `wave ${waveId} planned: file ${fileName} with ${filled} items`,
    });
  } while (taken < limit && (await hasReady(session, pipeline.name, ready.target, createdUntil)));
  if (taken >= limit && (await hasReady(session, pipeline.name, ready.target, createdUntil))) {
    await leaveToNextRun(session, pipeline, ready.target, due);
  }
  return taken;
}

/** Two pipelines that make files of a table have one folder: those of a project begin with its name. */
function tableFileName(pipeline: string, table: string, number: number): string {
  const whose = pipeline === 'exigo-snapshot-to-csv' ? '' : `${pipeline}_`;
  return `${whose}${table}_${String(number).padStart(6, '0')}.csv`;
}

/** Whether a cut-off has passed that no run has used yet; true where every run makes a wave. */
export async function isDue(
  session: Session,
  pipeline: string,
  target: string,
  rule: WaveRule,
  nowMs: number,
): Promise<boolean> {
  const cutOff = lastCutOff(rule, nowMs);
  if (cutOff === null) return true;
  const used = (await readWatermarks(session, cutOffScope(pipeline))).get(target);
  return used === undefined || fromUtcText(used) < cutOff;
}

/** Uses the cut-offs up that have passed, once per run. */
async function noteDue(
  context: EngineContext,
  session: Session,
  pipeline: AnyPipeline,
  due: DueWaves,
): Promise<void> {
  const step = pipeline.load[0];
  if (!goesToThreePl(step)) return;
  const nowMs = context.clock.now();
  for (const threePl of context.config.threePls) {
    const { name } = threePl;
    const wave = fileOf(threePl, step.kind === '3pl-notice' ? step.section : null)?.wave;
    if (wave === undefined) continue;
    const cutOff = lastCutOff(wave, nowMs);
    if (cutOff === null || due.has(name)) continue;
    const before = (await readWatermarks(session, cutOffScope(pipeline.name))).get(name);
    const isNew = before === undefined || fromUtcText(before) < cutOff;
    due.set(name, { due: isNew, before });
    if (isNew) await writeWatermark(session, cutOffScope(pipeline.name), name, toUtcText(cutOff));
  }
}

/** A limit left orders behind: their cut-off counts as not used. */
async function leaveToNextRun(
  session: Session,
  pipeline: AnyPipeline,
  target: string,
  due: DueWaves,
): Promise<number> {
  const noted = due.get(target);
  if (noted !== undefined) {
    await writeWatermark(session, cutOffScope(pipeline.name), target, noted.before ?? toUtcText(0));
  }
  return 0;
}

function goesToThreePl(
  step: StepDescription | undefined,
): step is Extract<StepDescription, { readonly kind: '3pl-file' | '3pl-notice' }> {
  return step?.kind === '3pl-file' || step?.kind === '3pl-notice';
}

function cutOffScope(pipeline: string): string {
  return `cut-off/${pipeline}`;
}
