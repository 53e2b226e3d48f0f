import type { AdoptedLine } from '../../core/adoption.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import {
  type AdoptedLink,
  adoptLinks,
  linksOfOrders,
  type OrderLink,
  type UnsettledItem,
  unsettledOfOrders,
} from '../../queue/ledger/adopted.js';
import { effectsOfOrders, isUsedUp, type PriorEffect } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { excludePlanned, excludeReady, resolveItems } from '../../queue/ledger/items.js';
import { SHADOW } from '../../queue/ledger/waves.js';
import { firstStep } from '../persons/persons-batch.js';
import { isReplaceable } from '../verdicts/standing.js';
import type { AdoptedPage } from './adopt.js';

/** What the ledger has of an order before it is adopted. */
interface Found {
  readonly effects: readonly PriorEffect[];
  readonly links: readonly Pick<OrderLink, 'system' | 'reference' | 'adopted_utc'>[];
  readonly items: readonly UnsettledItem[];
}

/**
 * Orders that a 3PL has from an earlier script: kept as links, which no verdict and no retention takes back. What of them is
 * ready, planned or waits here is settled with it, so that nothing leaves.
 */
export async function adoptOrders(pipeline: AnyPipeline, page: AdoptedPage): Promise<void> {
  const { session, now, counts, tell } = page;
  const lines = page.lines.filter(({ threePl }) => threePl !== null);
  if (lines.length === 0) return;
  const ids = [...new Set(lines.map(({ orderId }) => orderId))];
  const effects = await effectsOfOrders(session, pipeline.name, firstStep(pipeline), ids);
  const known = await linksOfOrders(session, ids);
  const items = await unsettledOfOrders(session, pipeline.name, ids);
  const adopted: AdoptedLink[] = [];
  for (const line of lines) {
    const { orderId, threePl, reference } = line;
    const system = threePl ?? '';
    const links = known.get(orderId) ?? [];
    const found = { effects: effects.get(orderId) ?? [], links, items: items.get(orderId) ?? [] };
    if (links.some((link) => link.system === system && isByScript(link))) {
      counts.known++;
      continue;
    }
    const conflict = conflictOf(system, found);
    if (conflict !== null) {
      counts.conflicts++;
      tell({ line: line.line, orderId, kind: 'conflict', message: `order ${orderId}: ${conflict}` });
      continue;
    }
    await settle(pipeline, page, line, found);
    const handedOver = line.handedOverAt === null ? now : toUtcText(line.handedOverAt);
    adopted.push({ orderId, system, reference, handedOver });
    known.set(orderId, [...(known.get(orderId) ?? []), newLink(line, system, now)]);
    items.delete(orderId);
    counts.adopted++;
    const since = line.handedOverAt === null ? '' : ` at ${handedOver.slice(0, 19)} UTC`;
    const message = `adopted: ${system} has it from an earlier script${since} (${reference}); it is not sent by us`;
    await insertEvent(session, { at: now, kind: 'adopted', pipeline: pipeline.name, orderId, message });
  }
  await adoptLinks(session, adopted, now);
}

/** Adopted before, or made in shadow while the script has sent it. */
function isByScript({ adopted_utc, reference }: OrderLink): boolean {
  return adopted_utc !== null || reference.startsWith(SHADOW);
}

function newLink({ orderId, reference }: AdoptedLine, system: string, now: string): OrderLink {
  return { exigo_order_id: orderId, system, reference, linked_utc: now, adopted_utc: now };
}

/** What speaks against it: this order has left us, leaves just now, or another 3PL has it. Null: nothing. */
function conflictOf(system: string, { effects, links }: Found): string | null {
  const newest = effects.at(-1);
  const stands = newest !== undefined && isReplaceable(newest) ? effects.at(-2) : newest;
  if (stands !== undefined && !isUsedUp(stands)) {
    const { state, target } = stands;
    if (state === 'held') {
      return `its file for ${target} is held; look whether ${target} has it, then decide with "orderferry release"`;
    }
    if (state !== 'done' && state !== 'failed') {
      return `it is leaving for ${target} in a file of ours just now; when ${system} has it from the earlier script, too, tell ${target} to ship one of them`;
    }
    return `we have handed it over to ${target} ourselves; when ${system} has it from the earlier script, too, it may be shipped twice: ask ${target}`;
  }
  const other = links.find((link) => link.system !== system);
  if (other !== undefined) {
    return `${other.system} has it (${other.reference}); when ${system} has it, too, it may be shipped twice: ask both`;
  }
  const ours = links.find((link) => link.adopted_utc === null);
  return ours === undefined ? null : `we have handed it over to ${ours.system} ourselves (${ours.reference})`;
}

/** What waits of it, or was about to leave, does no more. */
async function settle(
  pipeline: AnyPipeline,
  { session, now, counts, tell }: AdoptedPage,
  { line, orderId, threePl, reference }: AdoptedLine,
  { effects, items }: Found,
): Promise<void> {
  if (items.length === 0) return;
  const why = {
    code: 'ALREADY_HANDED_OVER',
    reason: `${threePl} got it from an earlier script (${reference}), as adopted on ${now.slice(0, 10)}`,
  };
  const newest = effects.at(-1);
  if (newest !== undefined && isReplaceable(newest)) await excludePlanned(session, newest.item_id, why, now);
  await excludeReady(session, pipeline.name, orderId, why, now);
  const waiting = items.filter(({ state }) => state === 'held' || state === 'failed');
  const ids = waiting.map(({ item_id }) => item_id);
  if (ids.length > 0) await resolveItems(session, ids, 'IGNORED', now);
  const was = items.map(({ state, code }) => (code === null ? state : `${state} as ${code}`)).join(', ');
  counts.settled++;
  const message = `order ${orderId} was ${was} here: nothing of it leaves any more`;
  tell({ line, orderId, kind: 'settled', message });
}
