import { DAY, SECOND } from '../../core/clock.js';
import type { ShownOrder } from '../../core/views.js';
import type { LedgerFacts, OrderFacts } from './compare-order.js';
import { AGREES, differs, type Finding, harmless, said } from './findings.js';
import { day, type OrderRules, time } from './rules.js';

type Facts = OrderFacts & { readonly truth: ShownOrder };

const DECISIONS: readonly (string | null)[] = [
  'CANCELED_BY_PERSON',
  'IGNORED_BY_PERSON',
  'WITHDRAWN_BY_PERSON',
  'IGNORED',
  'CANCELED',
];

/** What Exigo says of an order against what we did for it. Pure. */
export function compareHandOver(facts: Facts, ledger: LedgerFacts, rules: OrderRules): Finding {
  const { truth } = facts;
  const { item } = ledger;
  if ((item?.state === 'held' || item?.state === 'failed') && item.resolution === null) {
    return harmless('HELD');
  }
  switch (truth.status) {
    case 'Accepted':
      return isHandedOver(ledger)
        ? notPrinted(facts, ledger, rules)
        : careful(facts, notHandedOver(facts, ledger, rules), rules);
    case 'Printed':
    case 'Shipped':
      return isHandedOver(ledger) ? (stale(facts, ledger, rules) ?? AGREES) : printed(facts, ledger, rules);
    default:
      return offItsWay(facts, ledger, rules);
  }
}

const BY_SCRIPT =
  'our file was made in shadow: look whether the earlier script has sent it, with orderferry shadow compare; it has: set it to Printed in Exigo';
const BY_HAND = 'set it to Printed in Exigo, or name exigoApi in the configuration';

/** Accepted, and the 3PL has it: the step to Printed is missing. */
function notPrinted({ orderId, truth }: Facts, ledger: LedgerFacts, rules: OrderRules): Finding {
  if (isDecided(ledger)) return harmless('DECIDED');
  const since = Math.max(ledger.file?.at ?? 0, truth.modifiedAt);
  if (rules.now - since < rules.graceMs) {
    return harmless(ledger.item?.state === 'loading' ? 'WAITING' : 'TOO_YOUNG');
  }
  const own = rules.prints ? `to take the step up: orderferry run ${rules.pipeline}` : BY_HAND;
  // Adopted from an earlier script, or older than the ledger: no step of ours follows.
  const ours = ledger.file === null ? 'set it to Printed in Exigo' : own;
  const next = ledger.file?.shadow === true ? BY_SCRIPT : ours;
  return differs(
    'HANDED_OVER_NOT_PRINTED',
    `${holder(ledger)} has it${inFile(ledger)}, and Exigo says Accepted since ${time(truth.modifiedAt)}: somebody else may print it, too`,
    `${next}; if it stays so: orderferry explain ${orderId}`,
  );
}

/** A ledger that is behind has forgotten files: a run may hand over for the second time what they had. */
function careful({ orderId }: Facts, finding: Finding, { ledgerBehind, pipeline }: OrderRules): Finding {
  if (!ledgerBehind || finding.verdict !== 'differs') return finding;
  const next =
    `the ledger has forgotten files: before any run, look whether one of them has it. One has: orderferry run ${pipeline} --limit 0; ` +
    `then: orderferry release ${orderId} --as cancel --reason <text>; and set it to Printed in Exigo. None has: the next run takes it`;
  return { ...finding, next };
}

/** Accepted, and no 3PL has it. */
function notHandedOver(facts: Facts, ledger: LedgerFacts, rules: OrderRules): Finding {
  const { orderId, truth } = facts;
  const { item, version } = ledger;
  if (isDecided(ledger)) return harmless('DECIDED');
  if (item?.state === 'new' || item?.state === 'ready') {
    const passed = rules.wavePassed(item.target, item.createdAt);
    if (passed === null) return stale(facts, ledger, rules) ?? harmless('WAITING');
    return differs(
      'WAVE_MISSED',
      `it is ready${item.target === null ? '' : ` for ${item.target}`} since ${time(item.createdAt)}, and the wave that was due at ${time(passed)} did not take it: no run since, or a --limit`,
      `orderferry run ${rules.pipeline}`,
    );
  }
  if (item?.state === 'loading') {
    const since = ledger.file?.at ?? item.createdAt;
    if (rules.now - since < Math.max(rules.graceMs, DAY)) return harmless('WAITING');
    return differs(
      'WAVE_MISSED',
      `its file ${ledger.file?.name ?? ''} is ${ledger.file?.waveState ?? 'planned'} since ${time(since)} and was not delivered`,
      'to see why: orderferry status; mend that, and the next run goes on',
    );
  }
  if (version === null && item === null) return unknown(facts, rules);
  const changed = stale(facts, ledger, rules);
  if (changed !== null) return changed;
  if (item === null) {
    if (version !== null && rules.now - version.frozenAt < rules.graceMs) return harmless('TOO_YOUNG');
    return (
      excuse(facts, rules) ??
      differs(
        'FROZEN_NOT_JUDGED',
        `it was frozen as ${version?.status ?? 'unknown'}, and is in no batch of ${rules.pipeline}`,
        backfill(truth, rules),
      )
    );
  }
  if (item.state === 'excluded' && item.code !== 'NOT_ACCEPTED') return harmless('EXCLUDED');
  if (rules.now - truth.modifiedAt < rules.graceMs) return harmless('TOO_YOUNG');
  return differs(
    'CHANGE_NOT_FROZEN',
    `Exigo says Accepted since ${time(truth.modifiedAt)}, and its newest item is ${item.state}${item.code === null ? '' : ` as ${item.code}`}`,
    `${backfill(truth, rules)}; what happened to it: orderferry explain ${orderId}`,
  );
}

function unknown(facts: Facts, rules: OrderRules): Finding {
  const { truth } = facts;
  return (
    excuse(facts, rules) ??
    differs(
      'ACCEPTED_UNKNOWN_TO_US',
      `Exigo says Accepted since ${time(truth.modifiedAt)}, and it was never frozen: no run since, or the ledger is older than it`,
      backfill(truth, rules),
    )
  );
}

/** Printed or Shipped, and no file of ours has carried it. */
function printed(facts: Facts, ledger: LedgerFacts, rules: OrderRules): Finding {
  const { orderId, truth } = facts;
  if (isDecided(ledger)) return harmless('DECIDED');
  const sending = ledger.file?.waveState === 'sending' || ledger.file?.waveState === 'uploaded';
  if (sending && rules.now - (ledger.file?.at ?? 0) < DAY) return harmless('WAITING');
  return (
    excuse(facts, rules) ??
    differs(
      'PRINTED_NOT_HANDED_OVER',
      `Exigo says ${truth.status} since ${time(truth.modifiedAt)}, and no file of ours has carried it: printed by somebody else, or the ledger was restored from a backup`,
      `ask the 3PL for it. It has it: nothing. It has not: set it to Accepted in Exigo, and the next run hands it over; what we know: orderferry explain ${orderId}`,
    )
  );
}

/** Canceled, declined, pending. */
function offItsWay(facts: Facts, ledger: LedgerFacts, rules: OrderRules): Finding {
  const { orderId, truth } = facts;
  const { status } = truth;
  const canceled = status === 'Canceled';
  const { item, file } = ledger;
  const leaving = file?.waveState === 'sending' || file?.waveState === 'uploaded';
  if (!isHandedOver(ledger) && !leaving) {
    const open = item?.state === 'new' || item?.state === 'ready' || item?.state === 'loading';
    const changed = open ? stale(facts, ledger, rules) : null;
    return changed ?? harmless(canceled ? 'CANCELED' : 'NOT_ACCEPTED');
  }
  if (isDecided(ledger)) return harmless('DECIDED');
  if (rules.now - truth.modifiedAt < rules.graceMs) return harmless('TOO_YOUNG');
  return differs(
    canceled ? 'CANCELED_AFTER_HAND_OVER' : 'STATUS_AFTER_HAND_OVER',
    `Exigo says ${status} since ${time(truth.modifiedAt)}, ${holder(ledger)} has it${inFile(ledger)}, and the error list does not show it`,
    `${canceled ? `tell ${holder(ledger)} not to ship it` : 'find out why'}; then: orderferry run ${rules.pipeline}; what we know: orderferry explain ${orderId}`,
  );
}

/** Whether the sync database shows a newer version than the one that was frozen. */
function stale({ sync, truth }: Facts, { version }: LedgerFacts, rules: OrderRules): Finding | null {
  const shown = said(sync);
  if (shown === null || version === null) return null;
  const same = shown.status === version.status && shown.modifiedAt - version.modifiedAt < SECOND;
  if (same) return null;
  if (rules.now - shown.modifiedAt < rules.graceMs) return harmless('TOO_YOUNG');
  return differs(
    'CHANGE_NOT_FROZEN',
    `the sync database has it as ${shown.status} of ${time(shown.modifiedAt)}, frozen is ${version.status} of ${time(version.modifiedAt)}: no run since, or one that ended early`,
    `orderferry run ${rules.pipeline}; if it stays so: ${backfill(truth, rules)}`,
  );
}

/** Why an order that we never handed over is none of our business; null where it is. */
function excuse({ truth, rule, ledger }: Facts, rules: OrderRules): Finding | null {
  if (rules.now - truth.modifiedAt < rules.graceMs) return harmless('TOO_YOUNG');
  if (isOlder(truth, ledger, rules)) return harmless('BEFORE_FIRST_FREEZE');
  return typeof rule === 'object' ? harmless('EXCLUDED') : null;
}

/** From the time before anything was frozen: not looked for, or made then and never seen as Accepted. */
function isOlder(
  { status, modifiedAt, createdAt }: ShownOrder,
  { item }: LedgerFacts,
  rules: OrderRules,
): boolean {
  const { firstAt, firstFreezeAt } = rules;
  if (firstAt === null || firstFreezeAt === null) return false;
  if (modifiedAt < firstAt) return true;
  const seen = item !== null && item.code !== 'NOT_ACCEPTED';
  return status !== 'Accepted' && !seen && createdAt !== null && createdAt < firstFreezeAt;
}

function isHandedOver({ file, linkedTo }: LedgerFacts): boolean {
  if (file === null) return linkedTo !== null;
  return file.state === 'done' || (linkedTo !== null && file.state !== 'held');
}

function isDecided({ item, file }: LedgerFacts): boolean {
  if (file?.canceledByPerson === true) return true;
  return item !== null && (DECISIONS.includes(item.code) || DECISIONS.includes(item.resolution));
}

function holder({ file, linkedTo }: LedgerFacts): string {
  return file?.target ?? linkedTo ?? 'a 3PL';
}

function inFile({ file }: LedgerFacts): string {
  if (file?.name == null) return '';
  const shadow = file.shadow === true ? 'the shadow file ' : '';
  return ` in ${shadow}${file.name} of ${time(file.at)}`;
}

function backfill({ modifiedAt }: ShownOrder, { pipeline }: OrderRules): string {
  return `orderferry run ${pipeline} --start-date ${day(modifiedAt)} --end-date ${day(modifiedAt + DAY)}`;
}
