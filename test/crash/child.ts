/** The program of the crash suite: the real runtime on real files, which ends or waits at a named point. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createLogger } from '../../src/app/logging.js';
import { findPipeline } from '../../src/app/pipelines.js';
import { exitCodeOf, runMain } from '../../src/app/process.js';
import { makeContext } from '../../src/app/runtime.js';
import type { Config } from '../../src/core/config.js';
import { codeOf, messageOf } from '../../src/core/errors.js';
import { setFaultHook } from '../../src/core/fault-points.js';
import { silentLogger } from '../../src/core/log.js';
import { runPipeline } from '../../src/engine/run.js';
import { SharedClock } from '../support/crash-clock.js';
import { crashConfig } from '../support/crash-config.js';
import { withCommitPoints } from '../support/crash-database.js';
import type { ChildMessage, ChildSpec, PointPass, RunEnd } from '../support/crash-protocol.js';
import { storeOf } from '../support/godatafeed-standin.js';
import { openAt } from '../support/place.js';
import { testServer } from '../support/test-server.js';

const spec = JSON.parse(process.argv[2] ?? '') as ChildSpec;
const points: string[] = [];
let running = 'none';

const say = (message: ChildMessage) =>
  new Promise((resolve) => {
    process.send?.(message, resolve);
  });

async function waitForGo(message: ChildMessage): Promise<void> {
  const go = once(process, 'message');
  await say(message);
  await go;
}

setFaultHook(async (name) => {
  const point = `${running} ${name}`;
  points.push(point);
  const is = (wanted: PointPass | undefined) =>
    wanted?.point === point &&
    (wanted.pass === 'every' || points.filter((one) => one === point).length === wanted.pass);
  if (is(spec.killAt)) process.kill(process.pid, 'SIGKILL');
  if (is(spec.waitAt)) await waitForGo({ kind: 'at', point });
});

await runMain(async (signal, frame) => {
  const clock = SharedClock.open(join(spec.folder, 'clock'));
  const made = crashConfig(
    spec.folder,
    spec.baseUrl,
    spec.database === null
      ? { engine: 'sqlite', file: join(spec.folder, 'orderferry.db') }
      : testServer(spec.database),
    (spec.stores ?? []).map((written) => storeOf(written)),
    { inboxes: spec.inboxes, atlas: spec.template, mail: spec.mail },
  );
  const config: Config = {
    ...made,
    exigoApi: made.exigoApi === null ? null : { ...made.exigoApi, ...spec.exigo },
    threePls: made.threePls.map((one) =>
      one.name === 'atlas' && spec.atlas !== undefined ? { ...one, delivery: spec.atlas } : one,
    ),
  };
  if (spec.log === true) {
    const directory = join(spec.folder, 'logs');
    const { redactor } = frame;
    const limits = { maxBytes: 1_000_000, maxFiles: 3 };
    frame.logger = createLogger({
      directory,
      stderr: process.stderr,
      readable: false,
      redactor,
      clock,
      ...limits,
    });
  }
  const database = await openAt(config.database, clock);
  const log = frame.logger ?? silentLogger;
  const context = makeContext({ config, database: withCommitPoints(database), clock, log, signal });
  try {
    if (spec.gate === true) await waitForGo({ kind: 'ready' });
    for (let cycle = 0; cycle < spec.cycles; cycle++) {
      const runs: RunEnd[] = [];
      for (const name of spec.pipelines) {
        running = name;
        const report = await runPipeline(context, { pipeline: findPipeline(name), slices: [] });
        const { error } = report;
        log.info(`run of ${name} ended`, { error: error === null ? null : messageOf(error) });
        const heldBy = report.heldBy?.heldBy ?? null;
        if (error !== null) {
          await say({ kind: 'failed', code: codeOf(error) ?? 'UNKNOWN', message: messageOf(error) });
          return exitCodeOf(error);
        }
        runs.push({ pipeline: name, heldBy });
      }
      await waitForGo({ kind: 'cycle', runs });
    }
    if (spec.trace === true) await say({ kind: 'trace', points });
  } finally {
    await context.close();
    await database.close();
    clock.close();
    process.disconnect?.();
  }
  return 0;
});
