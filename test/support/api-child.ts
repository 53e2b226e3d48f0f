/** The program of test/crash/api.test.ts: one run on orders of the API, killed at a named point. */
import { makeContext } from '../../src/app/runtime.js';
import { setFaultHook } from '../../src/core/fault-points.js';
import { runPipeline } from '../../src/engine/run.js';
import type { ApiChild } from './api-site.js';
import { TestClock } from './clock.js';
import { crashConfig } from './crash-config.js';
import { openAt } from './place.js';

const { now, folder, baseUrl, database: place, killAt, pass } = JSON.parse(process.argv[2] ?? '') as ApiChild;
let passed = 0;
setFaultHook(async (point) => {
  if (point === killAt && ++passed === pass) process.kill(process.pid, 'SIGKILL');
});
const clock = new TestClock(now);
const config = crashConfig(folder, baseUrl, place);
const database = await openAt(place, clock);
const context = makeContext({
  config: { ...config, source: { ...config.source, orders: 'api' } },
  database,
  clock,
});
const pipeline = context.pipelines.find(({ name }) => name === 'exigo-api-orders-to-3pl');
if (pipeline !== undefined) await runPipeline(context, { pipeline, slices: [] });
context.close();
await database.close();
