import { DAY } from '../../core/clock.js';
import type { ShownMarketplaceOrder, ShownOrder } from '../../core/views.js';
import type { MarketplaceFacts } from './compare-marketplace.js';
import { AGREES, differs, type Finding, harmless } from './findings.js';
import { day, type MarketplaceRules, time } from './rules.js';

/** How an order that both sides know has ended there and here. Pure. */
export function compareEnd(facts: MarketplaceFacts, exigo: ShownOrder, rules: MarketplaceRules): Finding {
  const { shown } = facts;
  switch (endOf(shown)) {
    case 'open':
      return exigo.status === 'Shipped' || exigo.status === 'Canceled'
        ? notReported(facts, exigo, rules)
        : AGREES;
    case 'shipped':
      return exigo.status === 'Shipped'
        ? bothShipped(facts, exigo, rules)
        : reportedNotShipped(facts, exigo, rules);
    case 'canceled':
      return canceledThere(facts, exigo, rules);
    case 'over':
      // The marketplace's answer stands where the status was: which end it was is not shown.
      return exigo.status === 'Shipped' || exigo.status === 'Canceled'
        ? AGREES
        : reportedNotShipped(facts, exigo, rules);
    default:
      return harmless('NOT_OURS');
  }
}

function endOf({
  status,
  answer,
}: ShownMarketplaceOrder): 'open' | 'shipped' | 'canceled' | 'over' | 'another' {
  if (status === 'shipped' || status === 'canceled') return status;
  if (status === 'new' || status === 'processing') return 'open';
  return answer === 'complete' || answer === 'manual' ? 'over' : 'another';
}

/** Over in Exigo, open at the marketplace. */
function notReported(facts: MarketplaceFacts, exigo: ShownOrder, rules: MarketplaceRules): Finding {
  const { report, unreported } = facts;
  const shipped = exigo.status === 'Shipped';
  if (unreported === 'by a person') return harmless('DECIDED');
  if (unreported === 'by a rule') return harmless('EXCLUDED');
  if (rules.now - exigo.modifiedAt < rules.graceMs) return harmless('TOO_YOUNG');
  if (report !== null && rules.now - report.at < rules.graceMs) return harmless('WAITING');
  const sent =
    report === null
      ? 'nothing was sent'
      : `the update is ${report.state} since ${time(report.at)}, and GoDataFeed does not show it`;
  // Its change is frozen already: a run that does not name the day would not look at it again.
  const days = `--start-date ${day(exigo.modifiedAt)} --end-date ${day(exigo.modifiedAt + DAY)}`;
  const run = rules.reports === null ? 'report it in GoDataFeed' : `orderferry run ${rules.reports} ${days}`;
  return differs(
    shipped ? 'SHIPPED_NOT_REPORTED' : 'CANCELED_NOT_REPORTED',
    `Exigo says ${exigo.status} since ${time(exigo.modifiedAt)}, the marketplace waits: ${sent}`,
    `${run}; if it stays so: orderferry explain ${exigo.orderId}`,
  );
}

function bothShipped(facts: MarketplaceFacts, exigo: ShownOrder, rules: MarketplaceRules): Finding {
  const { shown, report } = facts;
  const young =
    rules.now - exigo.modifiedAt < rules.graceMs ||
    (report !== null && rules.now - report.at < rules.graceMs);
  if (shown.answer === 'manual') return harmless('MANUALLY_SYNCED');
  const here = exigo.tracking.map(plain);
  const there = (shown.tracking ?? '').split(',').map(plain).filter(Boolean);
  const other = there.filter((number) => !here.includes(number));
  if (other.length > 0 && here.length > 0) {
    if (young) return harmless('TOO_YOUNG');
    return differs(
      'TRACKING_DIFFERS',
      `the marketplace was told ${shown.tracking}, Exigo says ${exigo.tracking.join(', ')}: the buyer follows another parcel`,
      `${rules.reports === null ? 'mend it in GoDataFeed' : `to report what changed: orderferry run ${rules.reports}`}; if it stays so: orderferry explain ${exigo.orderId}`,
    );
  }
  if (shown.answer === 'error') {
    if (young) return harmless('WAITING');
    return differs(
      'MARKETPLACE_REFUSED',
      `its marketplace refused the shipment (${shown.message ?? 'without a reason'}), and the error list does not show it`,
      `mend it in Exigo, then: ${rules.reports === null ? 'report it in GoDataFeed' : `orderferry run ${rules.reports}`}; what we know: orderferry explain ${exigo.orderId}`,
    );
  }
  return shown.answer === null && shown.showsAnswer ? harmless('ACCEPTED_BY_GODATAFEED') : AGREES;
}

function reportedNotShipped(facts: MarketplaceFacts, exigo: ShownOrder, rules: MarketplaceRules): Finding {
  const { shown, unreported, report, openSince } = facts;
  const { now, graceMs, ends } = rules;
  if (unreported === 'by a person') return harmless('DECIDED');
  if (now - exigo.modifiedAt < graceMs) return harmless('TOO_YOUNG');
  if (openSince !== null && now - openSince < graceMs) return harmless('WAITING');
  const who = report === null ? ', by somebody else' : '';
  const known = `what we know: orderferry explain ${exigo.orderId}`;
  return differs(
    'REPORTED_NOT_SHIPPED',
    `its marketplace was told that it is shipped${shown.tracking === null ? '' : ` (${shown.tracking})`}${who}, Exigo says ${exigo.status} since ${time(exigo.modifiedAt)}`,
    exigo.status === 'Canceled'
      ? `refund it at the marketplace, or set it to Shipped in Exigo; ${known}`
      : report === null && ends !== null
        ? `shipped from here: set it to Shipped in Exigo; else, to cancel it in Exigo unless a 3PL has it: orderferry run ${ends}; ${known}`
        : `shipped indeed: set it to Shipped in Exigo with its tracking number; else stop it there; ${known}`,
  );
}

function canceledThere(facts: MarketplaceFacts, exigo: ShownOrder, rules: MarketplaceRules): Finding {
  const { shown, openSince, unreported } = facts;
  const { now, graceMs, ends } = rules;
  if (exigo.status === 'Canceled') {
    return shown.answer === null && shown.showsAnswer && facts.report !== null
      ? harmless('ACCEPTED_BY_GODATAFEED')
      : AGREES;
  }
  if (unreported === 'by a person') return harmless('DECIDED');
  if (exigo.status === 'Shipped') {
    return differs(
      'CANCELED_THERE_SHIPPED_HERE',
      `its marketplace says Canceled, Exigo says Shipped since ${time(exigo.modifiedAt)}: the buyer gets it for nothing`,
      `stop the parcel, or settle it with the marketplace; what we know: orderferry explain ${exigo.orderId}`,
    );
  }
  if (openSince !== null && now - openSince < graceMs) return harmless('WAITING');
  return differs(
    'CANCELED_THERE_OPEN_HERE',
    `its marketplace says Canceled, Exigo says ${exigo.status}`,
    `${ends === null ? 'cancel it in Exigo' : `to cancel it in Exigo unless a 3PL has it: orderferry run ${ends}`}; where it is: orderferry explain ${exigo.orderId}`,
  );
}

function plain(number: string): string {
  return number.trim().toLowerCase();
}
