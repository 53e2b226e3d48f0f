import type { ExigoApiConfig, MailConfig } from '../../src/core/config.js';
import type { Place } from '../../src/core/places.js';

/** The n-th pass of a fault point, counted from 1 in one process. */
export interface PointPass {
  /** Pipeline and point: `exigo-orders-to-3pl send/rendered`. */
  readonly point: string;
  readonly pass: number | 'every';
}

/** What the child process of the crash suite is to do; its only argument, as JSON. */
export interface ChildSpec {
  readonly folder: string;
  /** Its name on the test server; null: the file in the folder. */
  readonly database: string | null;
  readonly baseUrl: string;
  /** Stores of GoDataFeed as they would be written in the configuration; none unless given. */
  readonly stores?: readonly object[];
  /** Where files for atlas go, when not to its folder. */
  readonly atlas?: Place;
  /** Whether the 3PLs send files back. */
  readonly inboxes?: boolean;
  /** Sections of atlas's template that differ. */
  readonly template?: object;
  /** Where mail goes; nowhere unless given. */
  readonly mail?: MailConfig;
  /** Settings of the Exigo API that differ from those of the suite. */
  readonly exigo?: Partial<ExigoApiConfig>;
  /** Names of the pipelines, run one after the other, `cycles` times. */
  readonly pipelines: readonly string[];
  readonly cycles: number;
  /** Ends itself here with SIGKILL. */
  readonly killAt?: PointPass;
  /** Says `at` here and goes on when the parent says `go`. */
  readonly waitAt?: PointPass;
  /** Reports every point it passed at its end. */
  readonly trace?: boolean;
  /** Waits for `go` before the first cycle, so that several can start together. */
  readonly gate?: boolean;
  /** Writes a log to `<folder>/logs`. */
  readonly log?: boolean;
}

/** A run of a pipeline that came to its end. */
export interface RunEnd {
  readonly pipeline: string;
  readonly heldBy: string | null;
}

export type ChildMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'at'; readonly point: string }
  /** A cycle is over; the next begins when the parent says `go`. */
  | { readonly kind: 'cycle'; readonly runs: readonly RunEnd[] }
  /** A run ended with an error, and with it the process. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'trace'; readonly points: readonly string[] };
