import type { FixedUpdate } from '../../core/marketplace.js';
import type { ShownUpdate } from '../../core/targets.js';
import type { CallFields } from '../../queue/ledger/shadow-calls.js';
import { effectsOfKeys } from '../../queue/ledger/singles.js';
import { updateDone } from '../../queue/ledger/updates.js';
import { type LookingWork, lookOneByOne, shownOr } from '../shadow/look-at-calls.js';
import type { ShadowLook } from '../singles/single-act.js';
import { describeSent, fixedRequest, updatedOrder } from './update-request.js';
import type { UpdateWork } from './update-work.js';

/** The updates of one store without their calls: what it shows of each, whoever has told it. */
export function updatesInShadow({ context, lease, of, target }: UpdateWork): LookingWork {
  return {
    context,
    lease,
    step: of,
    pageSize: 1,
    look: (effects) =>
      lookOneByOne(effects, async (effect) => {
        const open = { ...effect, order_id: effect.order_id ?? 0, request: effect.request ?? '{}' };
        const request = fixedRequest(open, context.clock.now());
        const order = updatedOrder(open, request);
        const shown = await shownOr(() => target.look(order, 'read-back'));
        const before = await effectsOfKeys(context.database, of.pipeline, [of.step], [effect.item_key]);
        const earlier = (before.get(effect.item_key) ?? []).flatMap((one) =>
          one.generation < effect.generation && one.request !== null
            ? [fixedRequest({ ...open, request: one.request }, context.clock.now()).sent]
            : [],
        );
        return lookOf(request.sent, shown, earlier);
      }),
    async settle(session, effect, seen, now) {
      if (seen.seen !== 'done') return; // nothing else comes of a look
      const open = { ...effect, order_id: effect.order_id ?? 0, request: effect.request ?? '{}' };
      await updateDone(session, effect, fixedRequest(open, context.clock.now()), seen.receipt, now);
    },
  };
}

/**
 * What a store shows of an update. An order that was ended there by somebody else stays as it is, whatever he said; what its
 * marketplace has refused is not told yet, nor is a correction where what we told `earlier` is shown. Pure.
 */
export function lookOf(
  sent: FixedUpdate,
  shown: ShownUpdate | null,
  earlier: readonly FixedUpdate[] = [],
): ShadowLook {
  const fields = fieldsOf(sent);
  const look = { operation: 'UpdateOrderStatus', fields, shown: shown === null ? null : shownFields(shown) };
  const ended = shown !== null && (shown.status === 'shipped' || shown.status === 'canceled');
  if (shown === null || !ended || shown.answer === 'error') return { ...look, seen: { seen: 'absent' } };
  const receipt = `GoDataFeed shows it as ${[shown.status, shown.carrier, shown.tracking].filter((part) => part !== null).join(' ')}`;
  if (isSame(sent, shown)) return { ...look, seen: { seen: 'done', receipt } };
  if (earlier.some((one) => isSame(one, shown))) return { ...look, seen: { seen: 'absent' } };
  const instead = `${receipt}, ${describeSent(sent)} would have been told`;
  return { ...look, how: 'differs', seen: { seen: 'done', receipt: instead } };
}

/** What is not shown cannot differ; the time of a shipment is often a guess of either side. */
function isSame(sent: FixedUpdate, shown: ShownUpdate): boolean {
  if (sent.kind !== shown.status) return false;
  if (sent.kind === 'canceled') return true;
  const same = (ours: string | null, theirs: string | null) =>
    ours === null || theirs === null || ours.trim().toLowerCase() === theirs.trim().toLowerCase();
  return same(sent.tracking, shown.tracking) && same(sent.carrier, shown.carrier);
}

function fieldsOf(sent: FixedUpdate): CallFields {
  if (sent.kind === 'canceled') return { status: sent.kind };
  const { kind, tracking, carrier, shippedAt } = sent;
  return { status: kind, tracking, carrier, shipDate: new Date(shippedAt).toISOString() };
}

function shownFields({ status, tracking, carrier, shippedAt, answer }: ShownUpdate): CallFields {
  const at = shippedAt === null ? null : new Date(shippedAt).toISOString();
  return { status, tracking, carrier, shipDate: at, answer };
}
