import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { SECOND } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import type { SharedClock } from './crash-clock.js';
import type { ChildMessage, ChildSpec, PointPass, RunEnd } from './crash-protocol.js';

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly runs: readonly RunEnd[];
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly points: readonly string[];
  readonly stderr: string;
}

/** A child process as its parent sees it. */
export class Child {
  readonly ended: Promise<ChildEnd>;
  private readonly said = new EventEmitter();

  constructor(
    readonly process: ChildProcess,
    private readonly onCycle: (runs: readonly RunEnd[]) => Promise<void>,
  ) {
    this.ended = this.follow();
  }

  /** Resolves when the child waits: at the point it was told, or for its start. */
  async waits(kind: 'at' | 'ready'): Promise<void> {
    await Promise.race([once(this.said, kind), this.ended.then(({ stderr }) => neverWaited(kind, stderr))]);
  }

  /** Resolves when the child has heard SIGTERM. */
  async stopping(): Promise<void> {
    const { stderr } = this.process;
    if (stderr !== null) await once(stderr, 'data');
  }

  go(): void {
    this.process.send('go');
  }

  private async follow(): Promise<ChildEnd> {
    const runs: RunEnd[] = [];
    let points: readonly string[] = [];
    let failure: ChildEnd['failure'] = null;
    let stderr = '';
    this.process.stderr?.on('data', (chunk) => {
      stderr += String(chunk);
    });
    this.process.on('message', (message: ChildMessage) => {
      if (message.kind === 'trace') points = message.points;
      if (message.kind === 'failed') failure = { code: message.code, message: message.message };
      if (message.kind === 'cycle') {
        runs.push(...message.runs);
        void this.onCycle(message.runs).then(() => this.go());
      }
      this.said.emit(message.kind);
    });
    const [code, signal] = await once(this.process, 'close');
    return { code, signal, runs, failure, points, stderr };
  }
}

function neverWaited(kind: string, stderr: string): never {
  throw new InvariantError(`the child ended before it said "${kind}": ${stderr}`);
}

/** `build`: where the child was compiled to. `onCycle`: what happens after each of its cycles. */
export function startChild(
  build: string,
  spec: ChildSpec,
  onCycle: (runs: readonly RunEnd[]) => Promise<void>,
): Child {
  const child = fork(join(build, 'test/crash/child.js'), [JSON.stringify(spec)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return new Child(child, onCycle);
}

export interface Lived {
  /** How many of the kills came to pass. */
  readonly killed: number;
  /** The points that the last process passed. */
  readonly points: readonly string[];
}

/** Runs all cycles to their end, killed at each of `kills` in turn and started again a second later. */
export async function liveThrough(
  kills: readonly PointPass[],
  clock: SharedClock,
  start: (killAt: PointPass | undefined) => Child,
): Promise<Lived> {
  for (let killed = 0; ; killed++) {
    const killAt = kills[killed];
    const end = await start(killAt).ended;
    if (end.code === 0 && end.failure === null) return { killed, points: end.points };
    if (end.signal !== 'SIGKILL' || killAt === undefined) {
      throw new InvariantError(`the run failed: ${end.failure?.message ?? ''} ${end.stderr}`);
    }
    clock.advance(SECOND);
  }
}
