import { boundHeapGrowth } from '../src/app/memory.js';
import { CASES, type CaseName } from './cases.js';

/** One case in a process of its own, so that its peak memory is its own: `case.js <name> <file> <orders>`. */
const [name = '', file = '', orders = '0'] = process.argv.slice(2);
boundHeapGrowth();
const measured = await CASES[name as CaseName](file, Number(orders));
const result = { ...measured, peakMib: process.resourceUsage().maxRSS / 1_024 };
if (process.send) process.send(result);
else process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
process.disconnect?.();
