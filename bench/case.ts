import { boundHeapGrowth } from '../src/app/memory.js';
import { CASES, type CaseName } from './cases.js';
import type { Site } from './site.js';

/** One case in a process of its own, so that its peak memory is its own: `case.js <name> <site> <orders>`. */
const [name = '', site = '', orders = '0'] = process.argv.slice(2);
boundHeapGrowth();
const measured = await CASES[name as CaseName](JSON.parse(site) as Site, Number(orders));
const result = { ...measured, peakMib: process.resourceUsage().maxRSS / 1_024 };
if (process.send) process.send(result);
else process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
process.disconnect?.();
