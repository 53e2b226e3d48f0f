import { SYSTEM } from '../../core/circuits.js';
import { inShadow } from '../../core/config.js';
import type { WaveRule } from '../../core/hand-over.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import { WAITS_FOR_ANSWER } from '../../queue/ledger/effects.js';
import { SHADOW } from '../../queue/ledger/waves.js';
import type { OrderEffect, OrderItem } from '../../queue/reads/orders.js';
import type { EngineContext } from '../context.js';
import { remedyFor } from '../persons/remedy.js';
import { nextCutOff } from '../waves/cut-off.js';
import { isDue } from '../waves/waves.js';
import { wordsOf } from './explain-words.js';

export interface Answer {
  readonly where: readonly string[];
  readonly next: string;
}

const IN_SHADOW =
  'nothing; the earlier script sends it. It has not, says "orderferry shadow compare": release it as resend once the mode is live';

/** `2026-03-11 17:00:00 UTC`. */
export function utc(text: string | null): string {
  return text === null ? 'unknown' : `${text.slice(0, 19)} UTC`;
}

/** Where an order is in one pipeline, by its newest item and all effects. */
export async function answerFor(
  context: EngineContext,
  item: OrderItem,
  effects: readonly OrderEffect[],
): Promise<Answer> {
  const own = effects.filter((effect) => effect.pipeline === item.pipeline);
  const done = own.findLast((effect) => effect.state === 'done' && effect.file_name !== null);
  const file =
    done === undefined
      ? ''
      : `; ${done.shadow === 1 ? `in shadow, not sent: made for ${done.target} in ${done.file_name}` : wordsOf(context.pipelines, item.pipeline).sentIn(done.target ?? '', done.file_name ?? '')} at ${utc(done.done_utc)}${done.generation > 1 ? ` (generation ${done.generation})` : ''}`;
  const { what, next } = await verdictOf(context, item, own, done !== undefined);
  const where = [`${item.pipeline}: ${what}${file}`];
  const step = own.find((effect) => isOpen(effect) && effect.file_name === null);
  if (step === undefined) return { where, next };
  where.push(`${item.pipeline}: ${stepText(step)}`);
  const goesOn = `${nextOfStep(context, step)}${await leftAlone(context, systemOf(context, step))}`;
  return { where, next: item.state === 'held' || item.state === 'failed' ? `${next}; ${goesOn}` : goesOn };
}

async function verdictOf(
  context: EngineContext,
  item: OrderItem,
  own: readonly OrderEffect[],
  sent: boolean,
): Promise<{ readonly what: string; readonly next: string }> {
  const words = wordsOf(context.pipelines, item.pipeline);
  const reason = item.reason === null ? '' : ` (${item.reason})`;
  switch (item.state) {
    case 'new':
      return { what: `waits for its verdict since ${utc(item.created_utc)}`, next: 'the next run decides' };
    case 'ready':
      return {
        what: `ready for ${item.target} since ${utc(item.created_utc)}`,
        next: await nextWave(context, item),
      };
    case 'loading':
      return onItsWay(context, item, own);
    case 'delivered':
      if (isTheirs(own)) {
        return {
          what: `done by somebody else, as seen in shadow, at ${utc(item.settled_utc)}`,
          next: 'nothing',
        };
      }
      return own.findLast((effect) => effect.state === 'done')?.shadow === 1
        ? { what: `done in shadow at ${utc(item.settled_utc)}`, next: IN_SHADOW }
        : { what: `delivered at ${utc(item.settled_utc)}`, next: `nothing; ${words.delivered}` };
    case 'excluded':
      return {
        what: `excluded as ${item.code}${reason} at ${utc(item.settled_utc)}`,
        next: nextOfExcluded(item, sent),
      };
    default:
      return {
        what:
          `${item.state} as ${item.code} since ${utc(item.settled_utc)}: ${item.reason}` +
          (item.resolution === null ? '' : ` (answered at ${utc(item.resolved_utc)}: ${item.resolution})`),
        next:
          item.resolution === null
            ? remedyFor({ ...item, item_key: String(item.order_id) })
            : afterwards(item),
      };
  }
}

/** Its last step was done without a call of ours: by the earlier script, or whoever it was. */
function isTheirs(own: readonly OrderEffect[]): boolean {
  const done = own.findLast(({ state }) => state === 'done');
  return done?.file_name === null && done.receipt?.startsWith(SHADOW) === true;
}

async function onItsWay(
  context: EngineContext,
  item: OrderItem,
  own: readonly OrderEffect[],
): Promise<{ readonly what: string; readonly next: string }> {
  const handOver = own.findLast((effect) => isOpen(effect) && effect.file_name !== null);
  if (handOver === undefined) {
    return { what: `on its way since ${utc(item.created_utc)}`, next: 'the next run goes on' };
  }
  const { target, file_name, wave_state, wave_error, wave_next_try_utc } = handOver;
  const what = `on its way to ${target} in file ${file_name}, which is ${wave_state}${wave_error === null ? '' : `; last try: ${wave_error}`}`;
  if (!context.config.threePls.some(({ name }) => name === target)) {
    return { what, next: `waits until 3PL ${target} is configured again` };
  }
  const next =
    wave_next_try_utc === null
      ? 'the next run sends it'
      : `the first run after ${utc(wave_next_try_utc)} tries again`;
  const system = SYSTEM.threePl(target ?? '');
  return { what, next: `${next}${await leftAlone(context, system)}` };
}

export function stepText({ step, state, attempts, last_error, next_try_utc, store }: OrderEffect): string {
  if (state === 'accepted') {
    return `step ${step} is accepted by GoDataFeed store ${store}; its marketplace has not answered yet`;
  }
  const error = last_error === null ? '' : `; last try: ${last_error}`;
  const tries = attempts === 0 ? '' : ` after ${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
  if (state === 'sending') {
    return `step ${step} has an unknown outcome${tries}; not seeing it proves nothing before ${utc(next_try_utc)}${error}`;
  }
  return `step ${step} is ${state}${tries}${error}`;
}

function nextOfStep(context: EngineContext, effect: OrderEffect): string {
  const { step, state, next_try_utc } = effect;
  const first = context.pipelines.find(({ name }) => name === effect.pipeline)?.load[0]?.kind;
  // An effect of a shipment or return names its 3PL there.
  const store = first === 'exigo-tracking' || first === 'exigo-return-order' ? null : effect.store;
  if (next_try_utc === WAITS_FOR_ANSWER) {
    return `step ${step} waits for the answer of its 3PL: it goes on when a file has it`;
  }
  if (store !== null && !context.updateTargets.has(store)) {
    return `step ${step} waits until GoDataFeed store ${store} is configured again`;
  }
  if (store === null && context.statusTarget === null)
    return `step ${step} waits until exigoApi is configured`;
  if (state === 'pending' && inShadow(context.config, effect.pipeline)) {
    return `nothing while ${effect.pipeline} runs in shadow: step ${step} is the earlier script's; once it is live the next run does it, unless somebody has by then`;
  }
  if (state === 'accepted') return `the first run after ${utc(next_try_utc)} asks for the answer`;
  if (state === 'sending')
    return `the next run reads back in ${wordsOf(context.pipelines, effect.pipeline).readBackIn} whether ${step} was done, before anything else`;
  return next_try_utc === null || fromUtcText(next_try_utc) <= context.clock.now()
    ? `the next run goes on with ${step}`
    : `the first run after ${utc(next_try_utc)} tries ${step} again`;
}

/** Which system a step after the hand-over calls. */
function systemOf({ updateTargets }: EngineContext, { store }: OrderEffect): string {
  return store !== null && updateTargets.has(store) ? SYSTEM.store(store) : SYSTEM.exigoApi;
}

/** `; exigo-api is left alone until ...` while it does not answer, or nothing. */
async function leftAlone({ circuits }: EngineContext, system: string): Promise<string> {
  const down = await circuits.whyNot(system);
  return down === null ? '' : `; ${down.message}`;
}

export function isOpen(effect: OrderEffect): boolean {
  return effect.state === 'pending' || effect.state === 'sending' || effect.state === 'accepted';
}

function nextOfExcluded({ code, order_id }: OrderItem, sent: boolean): string {
  if (code === 'CANCELED_BY_PERSON') {
    return `nothing, in no version; "orderferry release ${order_id} --as resend" sends it all the same`;
  }
  if (code === 'CANCELED_AT_MARKETPLACE') return 'nothing, in no version; its marketplace ended it';
  if (code === 'CANCELLATION_ASKED' || code === 'ALREADY_ASKED') return 'its 3PL is asked to cancel it';
  if (code === 'CANCELED_ON_REQUEST') return 'nothing; its 3PL has canceled it';
  if (code === 'ALREADY_REPORTED') return 'nothing; its marketplace is told when that changes';
  if (code === 'SHIPPED') return 'nothing; it is shipped';
  if (code === 'RETURN_RECORDED') return 'nothing; make a return order in Exigo where one is wanted';
  if (code === 'ALREADY_RETURNED') return 'nothing; it was taken back before';
  if (code === 'IGNORED_BY_PERSON') return 'nothing, until it changes';
  const has = sent || code === 'ALREADY_HANDED_OVER';
  return has ? 'nothing; the warehouse has it' : 'looked at again when it changes';
}

function afterwards({ resolution }: OrderItem): string {
  return resolution === 'RESENT' || resolution === 'RETRIED'
    ? 'the next run takes it up'
    : 'nothing, until it changes';
}

async function nextWave(context: EngineContext, item: OrderItem): Promise<string> {
  const threePl = context.config.threePls.find(({ name }) => name === item.target);
  if (threePl === undefined) return `waits until 3PL ${item.target} is configured again`;
  const { name, wave } = threePl;
  const now = context.clock.now();
  const cooled = fromUtcText(item.created_utc) + wave.coolingOffMs;
  if (cooled <= now && (await isDue(context.database, item.pipeline, name, wave, now))) {
    return 'goes with the next run';
  }
  const cutOff = nextCutOff(wave, Math.max(now, cooled - 1));
  return cutOff === null
    ? `goes with the first run after ${utc(toUtcText(cooled))}`
    : `goes with the wave of ${cutOffText(cutOff, wave)}, made by the first run after it`;
}

/** `2026-03-11 16:00:00 UTC (11:00 America/Chicago)`. */
export function cutOffText(cutOff: number, { zone }: WaveRule): string {
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  return `${utc(toUtcText(cutOff))} (${local.format(cutOff)} ${zone})`;
}
