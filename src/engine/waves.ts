import { InvariantError } from '../core/errors.js';
import type { WaveRule } from '../core/hand-over.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { fromUtcText, toUtcText } from '../core/time.js';
import { keepConfiguration } from '../queue/ledger/configurations.js';
import { insertEvent } from '../queue/ledger/events.js';
import type { Session } from '../queue/ledger/session.js';
import { readWatermarks, writeWatermark } from '../queue/ledger/watermarks.js';
import {
  fillWave,
  hasReady,
  insertWave,
  nextNumber,
  type ReadyTarget,
  readyTargets,
} from '../queue/ledger/waves.js';
import type { EngineContext } from './context.js';
import { lastCutOff } from './cut-off.js';

const EVERY_RUN: WaveRule = { cutOffs: [], zone: 'UTC', coolingOffMs: 0, maxOrders: 1 };

/**
 * Plans the waves that are due: per target a number, a name, and the ready items that are old enough, one
 * effect each, `limit` items at most. In the caller's transaction, so a roll-back gives the number back. Returns
 * how many items were taken; items whose target waits for its cut-off stay ready.
 */
export async function planWaves(
  context: EngineContext,
  session: Session,
  pipeline: AnyPipeline,
  limit: number,
): Promise<number> {
  let taken = 0;
  for (const ready of await readyTargets(session, pipeline.name)) {
    if (taken >= limit) break;
    taken += await planTarget(context, session, pipeline, ready, limit - taken);
  }
  return taken;
}

async function planTarget(
  context: EngineContext,
  session: Session,
  pipeline: AnyPipeline,
  ready: ReadyTarget,
  limit: number,
): Promise<number> {
  const step = pipeline.load[0];
  if (step === undefined) throw new InvariantError(`pipeline ${pipeline.name} has no step`);
  const threePl = context.config.threePls.find(({ name }) => name === ready.target);
  if (step.kind === '3pl-file' && threePl === undefined) {
    context.log.warn(
      `${ready.items} orders wait for 3PL "${ready.target}", which is not configured any more`,
    );
    return 0;
  }
  const rule = threePl?.wave ?? EVERY_RUN;
  const nowMs = context.clock.now();
  const createdUntil = toUtcText(nowMs - rule.coolingOffMs);
  if (ready.oldest_utc > createdUntil) return 0;
  if (!(await isDue(session, pipeline, ready.target, rule, nowMs))) return 0;

  const now = toUtcText(nowMs);
  await keepConfiguration(session, context.config.frozen.hash, context.config.frozen.json, now);
  const wave = { pipeline: pipeline.name, step: step.step, target: ready.target, now };
  let taken = 0;
  do {
    const number = await nextNumber(session, `file/${pipeline.name}/${ready.target}`);
    const fileName =
      threePl === undefined
        ? `${ready.target}_${String(number).padStart(6, '0')}.csv`
        : threePl.fileName({ number, plannedAt: fromUtcText(now) });
    const waveId = await insertWave(session, {
      ...wave,
      number,
      fileName,
      configHash: context.config.frozen.hash,
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
  return taken;
}

/** Whether a cut-off has passed since the last wave of this target; notes that it is used. */
async function isDue(
  session: Session,
  pipeline: AnyPipeline,
  target: string,
  rule: WaveRule,
  nowMs: number,
): Promise<boolean> {
  const cutOff = lastCutOff(rule, nowMs);
  if (cutOff === null) return true;
  const scope = `cut-off/${pipeline.name}`;
  const used = (await readWatermarks(session, scope)).get(target);
  if (used !== undefined && fromUtcText(used) >= cutOff) return false;
  await writeWatermark(session, scope, target, toUtcText(cutOff));
  return true;
}
