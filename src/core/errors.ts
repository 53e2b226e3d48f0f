/**
 * The class of an error is the decision what to do next (design section 5).
 * Every message tells what happened, to what, and what happens next or what to do.
 */
export abstract class OrderferryError extends Error {
  /** Stable, upper snake case; shown in the error list and in JSON output. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Passing fault (429, 503, connection refused, lock time-out): nothing was done, try again later. */
export class TransientError extends OrderferryError {
  /** Milliseconds the server asked us to wait (`Retry-After`), when it did. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, options?: ErrorOptions & { retryAfterMs?: number | undefined }) {
    super(code, message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** The target refused; the same request will be refused again. */
export class TerminalError extends OrderferryError {}

/** The request may or may not have been carried out: the state must be read back before anything else. */
export class UnknownOutcomeError extends OrderferryError {}

/** Wrong configuration, credentials or permissions: the flow stops until a person mends it. Exit code 2. */
export class ConfigurationError extends OrderferryError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONFIGURATION', message, options);
  }
}

/** A server refused the credentials or the permission (401, 403). */
export class AccessError extends ConfigurationError {
  constructor(
    readonly status: 401 | 403,
    message: string,
  ) {
    super(message);
  }
}

/** Wrong command line. Exit code 2. */
export class UsageError extends OrderferryError {
  constructor(message: string, options?: ErrorOptions) {
    super('USAGE', message, options);
  }
}

/** A system that is needed could not be reached. Exit code 3. */
export class UnreachableError extends OrderferryError {
  constructor(message: string, options?: ErrorOptions) {
    super('UNREACHABLE', message, options);
  }
}

/** Another process took the lease while this one was away: it must write and send nothing more. */
export class LeaseLostError extends OrderferryError {
  constructor(message: string) {
    super('LEASE_LOST', message);
  }
}

/** A freeze that must not be trusted: it was rolled back, the watermarks stay, the next run repeats it. */
export class FreezeError extends OrderferryError {}

/** The process was asked to stop (SIGTERM, SIGINT): what is begun is finished or recorded as unknown. */
export class StoppedError extends OrderferryError {
  constructor(options?: ErrorOptions) {
    super('STOPPED', 'asked to stop; what is left stays recorded and goes on with the next run', options);
  }
}

/** A promise the code makes to itself is broken. Never expected; says which. */
export class InvariantError extends OrderferryError {
  constructor(message: string) {
    super('INVARIANT', message);
  }
}

/** Message of anything that was thrown, without stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `code` of a Node or Orderferry error (`ENOSPC`, `LEASE_LOST`), else undefined. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
