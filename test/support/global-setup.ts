import { randomBytes } from 'node:crypto';
import { dropLeftovers, RUN_VARIABLE, SERVER_VARIABLE } from './test-server.js';

/** Databases on a test server are dropped by their tests; what is left of one that was cut short goes at the end. */
export function setup(): () => Promise<void> {
  process.env[RUN_VARIABLE] = randomBytes(4).toString('hex');
  return async () => {
    if (process.env[SERVER_VARIABLE] === undefined) return;
    const left = await dropLeftovers();
    if (left.length > 0) process.stderr.write(`dropped at the end of the run: ${left.join(', ')}\n`);
  };
}
