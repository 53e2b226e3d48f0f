#!/usr/bin/env node
import { runMain } from './process.js';
import { runProgram } from './program.js';

await runMain((signal, frame) => runProgram(process.argv.slice(2), signal, frame));
