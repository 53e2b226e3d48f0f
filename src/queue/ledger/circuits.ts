import {
  afterFailure,
  type Circuit,
  type Circuits,
  CLOSED,
  mayCall,
  probing,
  systemDown,
  verdictOn,
} from '../../core/circuits.js';
import { type Clock, SECOND } from '../../core/clock.js';
import { codeOf, messageOf, type TransientError } from '../../core/errors.js';
import type { Logger } from '../../core/log.js';
import type { CircuitRule, Random } from '../../core/retry.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import type { Database, Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import { closeIncidents, openIncident } from './incidents.js';

interface CircuitRow {
  readonly system: string;
  readonly state: Circuit['state'];
  readonly failures: number;
  readonly pauses: number;
  readonly opened_utc: string | null;
  readonly probe_utc: string | null;
  readonly last_error: string;
}

/** What other processes find out is known here after so long. */
const FRESH = 30 * SECOND;

export interface CircuitOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly rule: CircuitRule;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Circuits as rows of the state database. One read tells of all systems, and a system that answers costs no statement;
 * only failures and their end are written. What cannot be written is logged: it must not stop the work.
 */
export class StateCircuits implements Circuits {
  private known: { readonly at: number; readonly rows: ReadonlyMap<string, CircuitRow> } | null = null;
  /** Systems that this one has the probe of. */
  private readonly probes = new Set<string>();
  private disabled = false;
  private assertHeld: () => Promise<void> = async () => undefined;

  constructor(private readonly options: CircuitOptions) {}

  disable(): void {
    this.disabled = true;
  }

  async probeNow(): Promise<void> {
    const { database, clock } = this.options;
    const statement = sql(database.engine, 'circuit/probe_now');
    await database.atomically([{ statement, parameters: { now: toUtcText(clock.now()) } }]);
    this.known = null;
  }

  fencedBy(assertHeld: () => Promise<void>): void {
    this.assertHeld = assertHeld;
  }

  async whyNot(system: string): Promise<TransientError | null> {
    const row = await this.rowOf(system);
    if (row === undefined || this.probes.has(system)) return null;
    const now = this.options.clock.now();
    return mayCall(circuitOf(row), now) === 'no' ? refusal(row, now) : null;
  }

  async call<T>(system: string, work: () => Promise<T>, proves = true): Promise<T> {
    if (this.disabled) return work();
    await this.enter(system);
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await this.noteOutcome(system, verdictOn(error), error);
      throw error;
    }
    if (proves) await this.noteOutcome(system, 'answered', null);
    return result;
  }

  /** Throws while the system is left alone; takes the probe when it is time for one. */
  private async enter(system: string): Promise<void> {
    const row = await this.rowOf(system);
    if (row === undefined || this.probes.has(system)) return;
    const { clock, rule, database } = this.options;
    const now = clock.now();
    const circuit = circuitOf(row);
    const may = mayCall(circuit, now);
    if (may === 'yes') return;
    if (may === 'no') throw refusal(row, now);
    const taken = await database.transaction((session) =>
      write(session, row, probing(circuit, rule, now), row.last_error, now),
    );
    this.known = null;
    if (!taken) throw refusal({ ...row, probe_utc: toUtcText(now + rule.firstMs) }, now);
    this.probes.add(system);
  }

  private async noteOutcome(
    system: string,
    verdict: ReturnType<typeof verdictOn>,
    error: unknown,
  ): Promise<void> {
    if (verdict === 'nothing') {
      this.probes.delete(system); // it ends by itself, and another process may try
      return;
    }
    if (verdict === 'answered' && this.known?.rows.has(system) === false) return;
    try {
      await this.assertHeld();
      if (verdict === 'answered') await this.noteAnswer(system);
      else await this.noteFailure(system, messageOf(error));
    } catch (problem) {
      if (codeOf(problem) === 'LEASE_LOST') return; // who was away writes nothing
      this.options.log.warn(`what ${system} does could not be noted: ${messageOf(problem)}`, {
        code: codeOf(problem) ?? null,
      });
    } finally {
      this.probes.delete(system);
      this.known = null;
    }
  }

  private async noteFailure(system: string, reason: string): Promise<void> {
    const { database, clock, rule, random, log } = this.options;
    const now = clock.now();
    const opened = await database.transaction(async (session) => {
      const row = await read(session, system);
      const before = row === undefined ? CLOSED : circuitOf(row);
      const after = afterFailure(before, rule, now, random);
      await write(session, row ?? { system }, after, reason, now);
      if (after.state === 'open' && before.state !== 'open') {
        const incident = { kind: 'outage', system, what: reason, now: toUtcText(now) } as const;
        await openIncident(session, incident);
        return after;
      }
      return null;
    });
    if (opened?.probeAt == null) return;
    log.error(
      `${system} does not answer: ${opened.failures} failures in a row; left alone until ${toUtcText(opened.probeAt).slice(0, 16)} UTC; last: ${reason}`,
      { system },
    );
  }

  private async noteAnswer(system: string): Promise<void> {
    const { database, clock, log } = this.options;
    const closed = await database.transaction(async (session) => {
      const changed = await session.run(sql(session.engine, 'circuit/answered'), { system });
      return changed === 0
        ? 0
        : closeIncidents(session, { kind: 'outage', system, now: toUtcText(clock.now()) });
    });
    if (closed > 0) log.info(`${system} answers again`, { system });
  }

  private async rowOf(system: string): Promise<CircuitRow | undefined> {
    if (this.disabled) return undefined;
    const now = this.options.clock.now();
    if (this.known === null || Math.abs(now - this.known.at) > FRESH) {
      const { database } = this.options;
      const rows = await database.all<CircuitRow>(sql(database.engine, 'circuit/troubled'));
      this.known = { at: now, rows: new Map(rows.map((row) => [row.system, row])) };
    }
    return this.known.rows.get(system);
  }
}

function refusal(row: CircuitRow, now: number): TransientError {
  const until = row.probe_utc === null ? now : fromUtcText(row.probe_utc);
  return systemDown(row.system, row.failures, until, row.last_error, now);
}

function circuitOf({ state, failures, pauses, opened_utc, probe_utc }: CircuitRow): Circuit {
  return {
    state,
    failures,
    pauses,
    openedAt: opened_utc === null ? null : fromUtcText(opened_utc),
    probeAt: probe_utc === null ? null : fromUtcText(probe_utc),
  };
}

async function read(session: Session, system: string): Promise<CircuitRow | undefined> {
  return session.get<CircuitRow>(sql(session.engine, 'circuit/read'), { system });
}

/** False when another process has written meanwhile. */
async function write(
  session: Session,
  before: CircuitRow | { readonly system: string },
  circuit: Circuit,
  error: string,
  now: number,
): Promise<boolean> {
  const values = {
    system: before.system,
    state: circuit.state,
    failures: circuit.failures,
    pauses: circuit.pauses,
    opened: circuit.openedAt === null ? null : toUtcText(circuit.openedAt),
    probe: circuit.probeAt === null ? null : toUtcText(circuit.probeAt),
    now: toUtcText(now),
    error,
  };
  if (!('state' in before)) {
    return (await session.run(sql(session.engine, 'circuit/create'), values)) === 1;
  }
  const { state: state_before, failures: failures_before, probe_utc: probe_before } = before;
  const read = { state_before, failures_before, probe_before };
  return (await session.run(sql(session.engine, 'circuit/write'), { ...values, ...read })) === 1;
}
