import { CARRIERS } from '../../core/exigo.js';
import type { UpdateRules } from '../../core/godatafeed.js';
import type { MarketplaceLink, MarketplaceUpdate, ShipTime } from '../../core/marketplace.js';
import { columnOf, type Order } from '../../core/order.js';
import { reject, type Verdict } from '../../core/pipeline.js';
import { fromExigoText, laterOfRepeated, toUtcText } from '../../core/time.js';
import { ANY, entryOf } from './publish.js';

type Rejected = Extract<Verdict, { readonly verdict: 'reject' }>;

/** One parcel of an order; Exigo has room for five. */
interface Parcel {
  readonly tracking: string;
  readonly webCarrier: number | null;
}

/** What a marketplace is told of a shipped order, or why it cannot be told. */
export function shipmentOf(
  order: Order,
  to: MarketplaceLink,
  rules: UpdateRules,
): MarketplaceUpdate | Rejected {
  const parcels = parcelsOf(order);
  const [first] = parcels;
  const last = parcels.at(-1);
  if (first === undefined || last === undefined) {
    return refuse(
      'NO_TRACKING',
      'it is Shipped, but TrackingNumber1 to 5 are empty; the tracking number is looked for in its next version',
    );
  }
  const chosen = rules.parcel === 'first' ? first : last;
  const tracking =
    rules.parcel === 'joined' ? parcels.map((parcel) => parcel.tracking).join(',') : chosen.tracking;
  const carrier = carrierOf(order, chosen, to, rules);
  if (carrier !== null && typeof carrier === 'object') return carrier;
  const shipped = shipTimeOf(order, to, rules);
  if (shipped !== null && 'verdict' in shipped) return shipped;
  return { kind: 'shipped', tracking, carrier, shipped };
}

function parcelsOf(order: Order): Parcel[] {
  return [1, 2, 3, 4, 5].flatMap((i) => {
    const tracking = String(columnOf(order.row, `TrackingNumber${i}`) ?? '').trim();
    const carrier = tracking === '' ? null : columnOf(order.row, `WebCarrierID${i}`);
    return tracking === '' ? [] : [{ tracking, webCarrier: carrier === null ? null : Number(carrier) }];
  });
}

/** The carrier by the parcel, else by the ship method, in the marketplace's words. */
function carrierOf(
  order: Order,
  { webCarrier }: Parcel,
  { store, marketplace }: MarketplaceLink,
  { carriers }: UpdateRules,
): string | null | Rejected {
  const named = webCarrier === null ? undefined : CARRIERS[webCarrier];
  const name = named ?? carriers.shipMethods[String(order.row.ShipMethodID)];
  if (name !== undefined) {
    return entryOf(carriers.names, marketplace)?.[name] ?? carriers.names[ANY]?.[name] ?? name;
  }
  if (carriers.missing === 'omit') return null;
  const seen = webCarrier === null ? 'has no carrier' : `has WebCarrierID ${webCarrier}, which has no name`;
  return refuse(
    'NO_CARRIER',
    `its parcel ${seen}, and updates.carriers.shipMethods of store ${store} lacks ship method ${order.row.ShipMethodID}: add it, or set updates.carriers.missing to omit; then "errors retry"`,
  );
}

/** ShippedDate (US Central) as an instant that does not lie before the purchase. */
function shipTimeOf(
  order: Order,
  { purchasedAt }: MarketplaceLink,
  { bareDateTime }: UpdateRules,
): ShipTime | Rejected {
  const text = String(columnOf(order.row, 'ShippedDate') ?? '').trim();
  // 1900 is how Exigo writes a date that was never set.
  if (text === '' || text.startsWith('1900-01-01')) return null;
  const bare = !/[1-9]/.test(text.slice(10));
  const local = bare ? `${text.slice(0, 10)} ${bareDateTime}:00.000` : text;
  const at = fromExigoText(local);
  if (purchasedAt === null || at >= purchasedAt) return { at, bare };
  if (bare) return { at: purchasedAt, bare };
  const later = laterOfRepeated(local);
  if (later !== null && later >= purchasedAt) return { at: later, bare };
  return refuse(
    'SHIPPED_BEFORE_PURCHASE',
    `its ShippedDate ${text} US Central lies before its purchase at ${toUtcText(purchasedAt).slice(0, 19)} UTC, which a marketplace refuses; correct it in Exigo`,
  );
}

function refuse(code: string, reason: string): Rejected {
  return reject(code, reason) as Rejected;
}
