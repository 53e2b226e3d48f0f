#!/usr/bin/env node
import { boundHeapGrowth } from './memory.js';
import { runMain } from './process.js';
import { runProgram } from './program.js';

boundHeapGrowth();
await runMain((signal, frame) => runProgram(process.argv.slice(2), signal, frame));
