import { codeOf, TransientError } from './errors.js';
import { type CircuitRule, classOf, type Random, retryDelay } from './retry.js';

/** Systems by the names that circuits and incidents have. */
export const SYSTEM = {
  exigoApi: 'exigo-api',
  syncDatabase: 'sync-database',
  store: (name: string): string => `godatafeed/${name}`,
  threePl: (name: string): string => `3pl/${name}`,
  inbox: (name: string): string => `inbox/${name}`,
} as const;

/**
 * What is known of a system. `open`: it is left alone until `probeAt`; `half-open`: one call is on its way to find out,
 * and when nothing is heard of it until `probeAt`, another one may. Instants in milliseconds.
 */
export interface Circuit {
  readonly state: 'closed' | 'open' | 'half-open';
  /** In a row. */
  readonly failures: number;
  /** How often it was opened since the system last answered. */
  readonly pauses: number;
  readonly openedAt: number | null;
  readonly probeAt: number | null;
}

export const CLOSED: Circuit = { state: 'closed', failures: 0, pauses: 0, openedAt: null, probeAt: null };

/** Whether the system is called now: as ever, by one call that finds out, or not. Pure. */
export function mayCall({ state, probeAt }: Circuit, now: number): 'yes' | 'probe' | 'no' {
  if (state === 'closed') return 'yes';
  return probeAt !== null && now < probeAt ? 'no' : 'probe';
}

/** One process has the probe; it has as long as the first pause. Pure. */
export function probing(circuit: Circuit, rule: CircuitRule, now: number): Circuit {
  return { ...circuit, state: 'half-open', probeAt: now + rule.firstMs };
}

/** The system has failed once more. A failure that comes in while it is left alone changes nothing but the count. Pure. */
export function afterFailure(circuit: Circuit, rule: CircuitRule, now: number, random: Random): Circuit {
  const failures = circuit.failures + 1;
  const opens = circuit.state === 'half-open' || (circuit.state === 'closed' && failures >= rule.failures);
  if (!opens) return { ...circuit, failures };
  const pauses = circuit.pauses + 1;
  return {
    state: 'open',
    failures,
    pauses,
    openedAt: circuit.openedAt ?? now,
    probeAt: now + retryDelay(pauses, rule, random),
  };
}

/** What an outcome says of the system. A limit of calls, or trouble of our own, says nothing. */
export function verdictOn(error: unknown): 'failed' | 'answered' | 'nothing' {
  const code = codeOf(error) ?? '';
  if (code === 'HTTP_429' || code === 'RATE_PAUSED' || code === CIRCUIT_OPEN) return 'nothing';
  // Thrown by what is awaited on the way, such as the lease.
  if (/^(SQLITE|MSSQL)/.test(code)) return 'nothing';
  const kind = classOf(error);
  if (kind === 'transient' || kind === 'unknown') return 'failed';
  return kind === 'terminal' ? 'answered' : 'nothing';
}

export const CIRCUIT_OPEN = 'SYSTEM_DOWN';

/** Nothing was tried: what waits is due as soon as the system is called again. */
export function isLeftAlone(error: unknown): boolean {
  return codeOf(error) === CIRCUIT_OPEN;
}

/** Whether a system is called, and what came of it; shared by all processes. */
export interface Circuits {
  /** Why the system is left alone, or null; asks for nothing. For work that is skipped before it is begun. */
  whyNot(system: string): Promise<TransientError | null>;
  /**
   * Calls it and remembers the outcome. Throws TransientError `SYSTEM_DOWN` without a call while it is left alone. `proves`
   * false: that it goes well does not say that the system works, as reading says nothing of a full disk; that it fails counts.
   */
  call<T>(system: string, work: () => Promise<T>, proves?: boolean): Promise<T>;
  /** What is left alone is tried by the next call. */
  probeNow(): Promise<void>;
  /** Whose lease has to be held for an outcome to be written: `assertHeld` throws when it is lost. */
  fencedBy(assertHeld: () => Promise<void>): void;
  /** From now on nothing is refused and nothing remembered: for a dry run. */
  disable(): void;
}

/** Refuses nothing and remembers nothing. */
export const noCircuits: Circuits = {
  whyNot: async () => null,
  call: (_system, work) => work(),
  probeNow: async () => undefined,
  fencedBy: () => undefined,
  disable: () => undefined,
};

/** The system is left alone. */
export function systemDown(system: string, failures: number, until: number, lastError: string, now: number) {
  const at = new Date(until).toISOString().slice(0, 16).replace('T', ' ');
  return new TransientError(
    CIRCUIT_OPEN,
    `${system} is left alone until ${at} UTC, after ${failures} failures in a row; last: ${lastError}; what is for it waits, everything else goes on`,
    { retryAfterMs: Math.max(0, until - now) },
  );
}
