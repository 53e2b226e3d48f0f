import { Writable } from 'node:stream';
import { type Clock, SECOND } from '../core/clock.js';
import { describeDuration } from '../core/time.js';
import { visible } from './logging.js';

/** Standard error: with `isTTY` and `columns` when it is a terminal. */
export type Stderr = Writable & { readonly isTTY?: boolean; readonly columns?: number };

const REDRAW = 100;
const JSON_LINE = 2 * SECOND;
const CLEAR = '\r\u001b[2K';

/**
 * Reports how far a long piece of work has come. Work that ends within the first interval, and work that
 * has nothing to do, shows nothing.
 */
export interface Progress {
  /** `done` of `total` (null: unknown) so far in this phase; a new name begins a new phase. */
  update(phase: string, done: number, total: number | null): void;
  /** Ends the phase: the line disappears. */
  end(): void;
  /** Standard error for everything else, log lines above all: a progress line never gets mixed with them. */
  readonly stderr: Writable;
}

export function createProgress(stderr: Stderr, clock: Clock): Progress {
  return stderr.isTTY === true ? new TerminalProgress(stderr, clock) : new JsonProgress(stderr, clock);
}

/** Nothing is shown (`--quiet`). */
export function noProgress(stderr: Stderr): Progress {
  return { update() {}, end() {}, stderr };
}

interface Phase {
  readonly name: string;
  readonly startedAt: number;
  /** What was already done when the phase began, so that a resumed phase does not look fast. */
  readonly startedWith: number;
  done: number;
  total: number | null;
  shownAt: number;
  shownDone: number | null;
}

interface Pace {
  /** Per second, since the phase began; null before anything can be said. */
  readonly rate: number | null;
  readonly leftMs: number | null;
}

/** Rate and time left, from the whole phase: steady where single steps are not. */
export function pace(done: number, total: number | null, elapsedMs: number): Pace {
  if (done <= 0 || elapsedMs <= 0) return { rate: null, leftMs: null };
  const rate = (done / elapsedMs) * SECOND;
  return { rate, leftMs: total === null || total < done ? null : ((total - done) / rate) * SECOND };
}

abstract class PhaseProgress implements Progress {
  abstract readonly stderr: Writable;
  protected phase: Phase | null = null;

  constructor(
    protected readonly out: Stderr,
    protected readonly clock: Clock,
    private readonly interval: number,
  ) {}

  update(name: string, done: number, total: number | null): void {
    const now = this.clock.now();
    if (this.phase?.name !== name) {
      this.end();
      this.phase = { name, startedAt: now, startedWith: done, done, total, shownAt: now, shownDone: null };
    }
    const { phase } = this;
    if (phase === null) return;
    phase.done = done;
    phase.total = total;
    if (now - phase.shownAt < this.interval || phase.shownDone === done) return;
    phase.shownAt = now;
    phase.shownDone = done;
    this.show(phase, now);
  }

  end(): void {
    const { phase } = this;
    this.phase = null;
    if (phase !== null && phase.shownDone !== null) this.finish();
  }

  protected pace(phase: Phase, now: number): Pace {
    const total = phase.total === null ? null : phase.total - phase.startedWith;
    return pace(phase.done - phase.startedWith, total, now - phase.startedAt);
  }

  protected abstract show(phase: Phase, now: number): void;
  protected abstract finish(): void;
}

/** One line that is drawn over and over. */
class TerminalProgress extends PhaseProgress {
  readonly stderr: Writable;
  private line = '';

  constructor(out: Stderr, clock: Clock) {
    super(out, clock, REDRAW);
    this.stderr = new Writable({
      decodeStrings: false,
      write: (chunk: string | Uint8Array, _encoding, done) => {
        if (this.line === '') out.write(chunk);
        else {
          out.write(CLEAR);
          out.write(chunk);
          out.write(this.line);
        }
        done();
      },
    });
  }

  protected show(phase: Phase, now: number): void {
    const { rate, leftMs } = this.pace(phase, now);
    const count = phase.total === null ? group(phase.done) : `${group(phase.done)} of ${group(phase.total)}`;
    const parts = [
      `${phase.name}: ${count}`,
      ...(rate === null ? [] : [`${group(Math.round(rate))}/s`]),
      ...(leftMs === null || leftMs < SECOND ? [] : [`${describeDuration(leftMs)} left`]),
    ];
    this.line = visible(parts.join(', ')).slice(0, (this.out.columns ?? 80) - 1);
    this.out.write(`${CLEAR}${this.line}`);
  }

  protected finish(): void {
    this.line = '';
    this.out.write(CLEAR);
  }
}

/** A JSON object per line, at most every two seconds. */
class JsonProgress extends PhaseProgress {
  readonly stderr: Writable;

  constructor(out: Stderr, clock: Clock) {
    super(out, clock, JSON_LINE);
    this.stderr = out;
  }

  protected show(phase: Phase, now: number): void {
    const { rate, leftMs } = this.pace(phase, now);
    const record = {
      time: new Date(now).toISOString(),
      level: 'info',
      message: 'progress',
      phase: phase.name,
      done: phase.done,
      total: phase.total,
      perSecond: rate === null ? null : Number(rate.toPrecision(4)),
      leftMs: leftMs === null ? null : Math.round(leftMs),
    };
    this.out.write(`${JSON.stringify(record)}\n`);
  }

  /** Says nothing: the command's own log lines tell how the work ended. */
  protected finish(): void {}
}

function group(count: number): string {
  return count.toLocaleString('en-US');
}
