import { MINUTE } from '../../src/core/clock.js';
import { fromUtcText } from '../../src/core/time.js';
import type { KeptIncident } from './book.js';
import type { Outage, OutageKind } from './outages.js';
import type { Told } from './receiver.js';

/** As the default of `circuit.failures`. */
const FAILURES = 5;
/** Hosts have clocks of their own. */
const OFF = 3 * MINUTE;

/** Which incidents an outage is; of the others nobody is to be told, since nothing needs a person. */
const INCIDENT_OF: Partial<
  Record<OutageKind, { readonly kind: KeptIncident['kind']; readonly system: RegExp }>
> = {
  exigo: { kind: 'outage', system: /^exigo-api$/ },
  credentials: { kind: 'configuration', system: /^pipeline\// },
  godatafeed: { kind: 'outage', system: /^godatafeed\/main$/ },
  disk: { kind: 'outage', system: /^3pl\// },
};

/** Alerts, incidents and what was really out of order, against one another: one line for each that has no counterpart. */
export function alertFindings(
  incidents: readonly KeptIncident[],
  told: readonly Told[],
  outages: readonly Outage[],
): string[] {
  return [...ofTold(incidents, told), ...ofIncidents(incidents, outages), ...ofOutages(incidents, outages)];
}

/** Each incident was told of once, and its end once. */
function ofTold(incidents: readonly KeptIncident[], told: readonly Told[]): string[] {
  return incidents.flatMap((incident) => {
    const own = told.filter(({ incident: id }) => id === incident.incident_id);
    const ends = own.filter(({ event }) => event === 'incident-closed');
    const begins = own.filter(({ event, untold }) => event === 'incident-opened' || untold === true);
    return begins.length === 1 && ends.length === 1
      ? []
      : [`${shown(incident)}: told ${begins.length} times of its beginning, ${ends.length} times of its end`];
  });
}

/** No false alarm: each incident began while something was out of order that causes it, and ended. */
function ofIncidents(incidents: readonly KeptIncident[], outages: readonly Outage[]): string[] {
  return incidents.flatMap((incident) => {
    const causes = outages.filter((outage) => causesOf(outage, incident) && began(incident, outage));
    if (causes.length === 0) return [`${shown(incident)}: nothing was out of order`];
    return incident.closed_utc === null ? [`${shown(incident)} does not end`] : [];
  });
}

/** No silence: an outage in which enough calls were refused was an incident, and one only. */
function ofOutages(incidents: readonly KeptIncident[], outages: readonly Outage[]): string[] {
  return outages.flatMap((outage) =>
    [...outage.refused].flatMap(([system, calls]) => {
      const own = incidents.filter(
        (one) =>
          causesOf(outage, one) &&
          overlaps(one, outage) &&
          (one.kind === 'configuration' || one.system === system),
      );
      const line = `${outage.kind} from ${new Date(outage.from).toISOString()} to ${new Date(outage.until).toISOString()}, ${calls} calls of ${system} refused`;
      const enough = outage.kind === 'credentials' ? 1 : FAILURES;
      if (calls >= enough && own.length === 0) return [`${line}: nobody was told`];
      const begun = own.filter((one) => one.kind === 'outage' && began(one, outage));
      return begun.length > 1 ? [`${line}: ${begun.length} incidents`] : [];
    }),
  );
}

function causesOf(outage: Outage, incident: KeptIncident): boolean {
  const made = INCIDENT_OF[outage.kind];
  return made !== undefined && made.kind === incident.kind && made.system.test(incident.system);
}

function began({ opened_utc }: KeptIncident, { from, until }: Outage): boolean {
  const opened = fromUtcText(opened_utc);
  return opened >= from - OFF && opened <= until + OFF;
}

function overlaps({ opened_utc, closed_utc }: KeptIncident, { from, until }: Outage): boolean {
  const closed = closed_utc === null ? Number.POSITIVE_INFINITY : fromUtcText(closed_utc);
  return fromUtcText(opened_utc) <= until + OFF && closed >= from - OFF;
}

function shown({ incident_id, kind, system, what, opened_utc, closed_utc }: KeptIncident): string {
  return `incident ${incident_id} (${kind} of ${system}, ${opened_utc} to ${closed_utc ?? 'now'}: ${what})`;
}
