/** The program of test/db/process.test.ts: 5,000 lines with a secret in each, then the ending that is asked for. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { createLogger } from '../../src/app/logging.js';
import { runMain } from '../../src/app/process.js';
import { systemClock } from '../../src/core/clock.js';
import {
  ConfigurationError,
  InvariantError,
  StoppedError,
  TerminalError,
  TransientError,
  UnreachableError,
  UsageError,
} from '../../src/core/errors.js';

const [, , ending = '', folder = ''] = process.argv;
const SECRET = process.env.CHILD_SECRET ?? '';

const endings: Readonly<Record<string, (signal: AbortSignal) => Promise<number>>> = {
  returns: async () => 0,
  'returns 1': async () => 1,
  async throws() {
    throw new TerminalError('REFUSED', `order 7 refused with ${SECRET}`);
  },
  async 'throws a bug'() {
    throw new InvariantError(`bug near ${SECRET}`);
  },
  async usage() {
    throw new UsageError('no such option');
  },
  async configuration() {
    throw new ConfigurationError('one\ntwo');
  },
  async unreachable() {
    throw new UnreachableError('sql is down');
  },
  async transient() {
    throw new TransientError('BUSY', 'the database is locked');
  },
  async commander() {
    throw new CommanderError(1, 'commander.unknownOption', 'said already');
  },
  async help() {
    throw new CommanderError(0, 'commander.helpDisplayed', 'shown already');
  },
  async 'throws later'() {
    setTimeout(() => {
      throw new InvariantError(`nobody caught ${SECRET}`);
    }, 5);
    await wait(60_000);
    return 0;
  },
  async 'rejects later'() {
    void wait(5).then(() => Promise.reject(new InvariantError(`nobody awaited ${SECRET}`)));
    await wait(60_000);
    return 0;
  },
  async 'waits for the signal'(signal) {
    await aborted(signal);
    return 0;
  },
  async 'throws at the signal'(signal) {
    await aborted(signal);
    if (!(signal.reason instanceof StoppedError)) throw new InvariantError('another reason');
    throw signal.reason;
  },
  async 'ignores the signal'() {
    process.stdout.write('ready\n');
    await wait(60_000);
    return 0;
  },
  async 'leaves a handle open'() {
    setInterval(() => undefined, 1_000);
    return 0;
  },
  async 'fills stdout'() {
    for (let i = 0; i < 20_000; i++) process.stdout.write(`line ${i} of many\n`);
    await wait(50);
    return 0;
  },
};

async function aborted(signal: AbortSignal): Promise<void> {
  process.stdout.write('ready\n');
  // An abort signal alone keeps no process alive.
  const alive = setInterval(() => undefined, 1_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(alive);
}

await runMain(async (signal, frame) => {
  frame.redactor.register([SECRET]);
  frame.logger = createLogger({
    directory: join(folder, 'logs'),
    stderr: process.stderr,
    readable: false,
    redactor: frame.redactor,
    clock: systemClock,
    maxBytes: 100_000,
    maxFiles: 50,
  });
  for (let i = 0; i < 5_000; i++) frame.logger.debug(`line with ${SECRET}`, { i, password: SECRET });
  frame.logger.warn(`seen with ${SECRET}`, { token: SECRET });
  return (endings[ending] ?? (async () => 99))(signal);
});
