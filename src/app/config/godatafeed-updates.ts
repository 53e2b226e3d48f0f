import * as z from 'zod';
import { DAY, HOUR, MINUTE } from '../../core/clock.js';
import { CARRIERS } from '../../core/exigo.js';
import { MISSING_CARRIER, PARCEL_RULES, type UpdateRules } from '../../core/godatafeed.js';
import { didYouMean } from '../../core/text.js';
import { group, listOf, type valueSchemas } from './values.js';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** `godatafeed.stores[].updates` of the configuration. */
export function updatesSchema(values: ReturnType<typeof valueSchemas>) {
  const { text, duration, flag, choice } = values;
  const mapOf = <Value extends z.ZodType>(value: Value) =>
    z.record(z.string(), value, { error: 'must be a group of names and values' });

  const shipMethods = mapOf(text()).superRefine((map, context) => {
    for (const key of Object.keys(map)) {
      if (/^\d{1,9}$/.test(key)) continue;
      context.addIssue({ code: 'custom', path: [key], message: 'must be a ShipMethodID, a whole number' });
    }
  });

  const carriers = group({
    shipMethods: shipMethods
      .prefault({})
      .describe('Carrier by ShipMethodID, for parcels without a WebCarrierID.'),
    names: mapOf(mapOf(text()))
      .prefault({})
      .describe('By marketplace, or `any`: what it calls a carrier. Others are sent as they are named.'),
    missing: choice(MISSING_CARRIER)
      .prefault('hold')
      .describe('A shipment without a carrier is held, or sent without one.'),
  }).superRefine(knownCarriers);

  const rule = group({
    to: text().describe('Name of a marketplace, or `any`.'),
    update: choice(['shipped', 'canceled'])
      .optional()
      .describe('Only for these updates; left out: for both.'),
    tagContains: text().optional().describe('The rule holds when a tag of the order contains this text.'),
    publish: flag().describe('Whether the update goes there when the rule holds.'),
    otherwise: flag()
      .optional()
      .describe('Whether it goes there when the rule does not hold; left out: the next rule decides.'),
  });

  return group({
    parcel: choice(PARCEL_RULES)
      .prefault('last')
      .describe('Which of several tracking numbers is sent: an update has room for one.'),
    bareDateTime: text()
      .refine((one) => TIME.test(one), { error: 'must be a time such as 17:00' })
      .prefault('17:00')
      .describe('US Central time of a ship date that has none.'),
    carriers: carriers.prefault({}).describe('What the carrier of a shipment is called.'),
    tags: mapOf(listOf(text()))
      .prefault({})
      .describe('Tags of the orders of a marketplace; by default its name without spaces.'),
    publish: listOf(rule)
      .prefault([])
      .describe('Where updates go; without a rule that decides, only where the order came from.'),
    firstLook: duration({ min: MINUTE, max: DAY })
      .prefault('15m')
      .describe('When a marketplace is first asked whether it has taken an update; later ever more rarely.'),
    confirmWait: duration({ min: HOUR })
      .prefault('3d')
      .describe("Without the marketplace's answer for this long an order is given to a person."),
  }).transform(
    ({ firstLook, confirmWait, publish, ...rest }): UpdateRules => ({
      ...rest,
      publish: publish.map((one) => ({
        to: one.to,
        update: one.update ?? null,
        tagContains: one.tagContains ?? null,
        publish: one.publish,
        otherwise: one.otherwise ?? null,
      })),
      firstLookMs: firstLook,
      confirmWaitMs: confirmWait,
    }),
  );
}

/** A name that no carrier has would never be looked up. */
function knownCarriers(
  {
    shipMethods,
    names,
  }: {
    readonly shipMethods: Readonly<Record<string, string>>;
    readonly names: Readonly<Record<string, Readonly<Record<string, string>>>>;
  },
  context: z.RefinementCtx,
): void {
  const known = [...Object.values(CARRIERS), ...Object.values(shipMethods)];
  for (const [marketplace, map] of Object.entries(names)) {
    for (const name of Object.keys(map)) {
      if (known.includes(name)) continue;
      const message = `"${name}" is neither a carrier of Exigo nor one of carriers.shipMethods${didYouMean(name, known)}`;
      context.addIssue({ code: 'custom', path: ['names', marketplace, name], message });
    }
  }
}
