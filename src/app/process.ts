import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { CommanderError } from 'commander';
import { SECOND } from '../core/clock.js';
import {
  ConfigurationError,
  codeOf,
  messageOf,
  OrderferryError,
  StoppedError,
  TransientError,
  UnknownOutcomeError,
  UnreachableError,
  UsageError,
} from '../core/errors.js';
import type { ProgramLogger } from './logging.js';
import { Redactor } from './redaction.js';

export const EXIT = {
  /** Done; or nothing to do; or stopped by a signal with everything recorded. */
  done: 0,
  /** Something newly failed. */
  failed: 1,
  /** Wrong command line or configuration. */
  usage: 2,
  /** A system could not be reached. */
  unreachable: 3,
} as const;

/** What the frame needs from the program, filled in by it as soon as it is known. */
export interface ProcessFrame {
  readonly redactor: Redactor;
  /** Closed before the process ends, so that no line is lost. */
  logger: ProgramLogger | undefined;
}

export type Main = (signal: AbortSignal, frame: ProcessFrame) => Promise<number>;

/** A log that cannot be written (disk gone) must not keep the process for ever. */
const CLOSE_LIMIT = 5 * SECOND;
/** A handle somebody forgot to close keeps the process for at most this long after everything is written. */
const LINGER_LIMIT = 2 * SECOND;

/**
 * Runs the program and ends the process with its code, once everything is written. Errors become the
 * codes of {@link EXIT}. SIGTERM and SIGINT abort the signal with {@link StoppedError}; a second one ends
 * the process at once. What nobody caught is written synchronously, then logged, and ends with code 1.
 */
export async function runMain(main: Main): Promise<void> {
  const frame: ProcessFrame = { redactor: new Redactor(), logger: undefined };
  const stop = new AbortController();
  let ended: Promise<void> | undefined;

  const end = (code: number): Promise<void> => {
    process.exitCode = code;
    ended ??= finish(frame);
    return ended;
  };

  const uncaught = (error: unknown): void => {
    report(frame, error);
    // The state of the program is unknown now: nothing of it may go on, so the process ends here.
    void end(EXIT.failed).then(() => process.exit(EXIT.failed));
  };

  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) {
        say(frame, `${name} again: ending at once; what was begun is read back by the next run`);
        process.exit(128 + constants.signals[name]);
      }
      say(frame, `${name}: finishing what is begun; once more ends at once`);
      stop.abort(new StoppedError());
    });
  }
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', tolerateClosedPipe);

  try {
    await end(await main(stop.signal, frame));
  } catch (error) {
    report(frame, error);
    await end(exitCodeOf(error));
  }
}

/** The exit code that an error which reached the top stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof StoppedError) return EXIT.done;
  if (error instanceof ConfigurationError || error instanceof UsageError) return EXIT.usage;
  const unreachable = [UnreachableError, TransientError, UnknownOutcomeError];
  return unreachable.some((type) => error instanceof type) ? EXIT.unreachable : EXIT.failed;
}

/** One message on standard error, written before anything else can go wrong, and one line in the log file. */
function report(frame: ProcessFrame, error: unknown): void {
  // The command line's own complaints are already on the screen.
  if (error instanceof CommanderError) return;
  const expected = error instanceof OrderferryError && error.code !== 'INVARIANT';
  const stack = !expected && error instanceof Error ? (error.stack ?? messageOf(error)) : undefined;
  say(frame, stack ?? messageOf(error));
  const level = error instanceof StoppedError ? 'info' : 'error';
  frame.logger?.fileOnly(level, messageOf(error), { code: codeOf(error), stack });
}

function say(frame: ProcessFrame, message: string): void {
  const bytes = Buffer.from(`orderferry: ${frame.redactor.text(message)}\n`, 'utf8');
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(2, bytes, written);
  } catch (error) {
    // Standard error is closed, or full and not read: the log file has the line as well.
    frame.logger?.fileOnly('debug', `standard error: ${messageOf(error)}`);
  }
}

/** Writes out everything that is buffered; then the process ends by itself, or soon. */
async function finish(frame: ProcessFrame): Promise<void> {
  if (!(await closeLogger(frame))) say(frame, 'the log file did not take its last lines in time');
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  setTimeout(() => process.exit(), LINGER_LIMIT).unref();
}

async function closeLogger(frame: ProcessFrame): Promise<boolean> {
  if (frame.logger === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, CLOSE_LIMIT, false);
  });
  const closed = await Promise.race([frame.logger.close().then(() => true), late]);
  clearTimeout(timer);
  return closed;
}

/** Resolves when what was written before has left the process, or cannot any more. */
function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}

/** `orderferry errors list | head`: the reader has what it wanted. */
function tolerateClosedPipe(error: Error): void {
  const code = codeOf(error);
  if (code !== 'EPIPE' && code !== 'ERR_STREAM_DESTROYED') throw error;
}
