import type { DatabaseConfig } from '../../src/core/config.js';

/** What the child of test/crash/api.test.ts is told. */
export interface ApiChild {
  readonly now: number;
  readonly folder: string;
  readonly baseUrl: string;
  readonly database: DatabaseConfig;
  /** Killed when it passes this point for the so many-th time. */
  readonly killAt: string;
  readonly pass: number;
}
