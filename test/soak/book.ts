import { duesBetween } from '../../src/core/cron.js';
import { toUtcText } from '../../src/core/time.js';
import type { House } from '../support/house.js';
import { ENTRIES } from './operators.js';

interface Cycle {
  readonly entry: string;
  readonly due_utc: string;
  readonly state: string;
  readonly stands_for: number;
}

export interface KeptIncident {
  readonly incident_id: number;
  readonly kind: 'outage' | 'configuration';
  readonly system: string;
  readonly what: string;
  readonly opened_utc: string;
  readonly closed_utc: string | null;
}

/** Cycles and incidents, written down once a day: the retention deletes them after a while. */
export class Book {
  readonly incidents = new Map<number, KeptIncident>();
  private readonly cycles = new Map<string, Cycle>();

  constructor(
    private readonly house: House,
    private readonly from: number,
  ) {}

  async write(): Promise<void> {
    const cycles = await this.house.all<Cycle>('SELECT entry, due_utc, state, stands_for FROM "etl.cycle"');
    for (const cycle of cycles) this.cycles.set(`${cycle.entry} ${cycle.due_utc}`, cycle);
    const incidents = await this.house.all<KeptIncident>(
      'SELECT incident_id, kind, system, what, opened_utc, closed_utc FROM "etl.incident"',
    );
    for (const incident of incidents) this.incidents.set(incident.incident_id, incident);
  }

  get made(): number {
    return this.cycles.size;
  }

  /** Each cycle once: what was run, with what it stood for, and what was skipped is what was due. */
  async findings(): Promise<string[]> {
    const skipped = await this.house.all<{ entry: string; skipped: number }>(
      'SELECT entry, skipped FROM "etl.schedule"',
    );
    const now = this.house.clock.now();
    return ENTRIES.flatMap(({ name, cron }) => {
      const own = [...this.cycles.values()].filter(({ entry }) => entry === name);
      const open = own.filter(({ state }) => state === 'running' || state === 'stopped');
      const lines = open.map(({ due_utc, state }) => `cycle ${name} of ${due_utc} is ${state}`);
      const stood = own.reduce(
        (sum, { state, stands_for }) => sum + (state === 'merged' ? 0 : stands_for),
        0,
      );
      const left = skipped.find(({ entry }) => entry === name)?.skipped ?? 0;
      const due = duesBetween(cron, this.from, now).length;
      if (stood + left === due) return lines;
      return [
        ...lines,
        `entry ${name}: ${due} were due until ${toUtcText(now)}, ${stood} were run and ${left} skipped`,
      ];
    });
  }
}
