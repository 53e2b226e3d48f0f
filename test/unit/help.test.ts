import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { leavesOf, rootsOf } from '../../src/app/examples.js';
import { commandFault, wholeProgram } from '../support/commands.js';

/** What `--help` prints. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (piece) => {
      text += piece;
    },
  });
  command.outputHelp();
  return text;
}

/** The words of a command line, quoted ones as one. */
function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/"([^"]*)"|\S+/g), ([word, quoted]) => quoted ?? word);
}

it('the program and every group of commands show an example of theirs', async () => {
  const program = await wholeProgram();
  const roots = rootsOf(program);
  expect(roots.map(({ path }) => path).sort()).toEqual(['', '3pl', 'errors', 'shadow', 'standin']);
  for (const { path, command } of roots) {
    const example = /Example:\s+orderferry (.+)$/m.exec(helpOf(command))?.[1] ?? 'no example';
    expect([path, example.startsWith(path), commandFault(program, wordsOf(example))]).toEqual([
      path,
      true,
      null,
    ]);
  }
});

it('every command and option says what it is for, and every command shows an example that it takes', async () => {
  const program = await wholeProgram();
  const leaves = leavesOf(program);
  expect(leaves.length).toBeGreaterThan(15);
  const faults: string[] = [];
  for (const { path, command } of leaves) {
    const help = helpOf(command);
    if (command.description() === '') faults.push(`${path}: no description`);
    for (const { long, description } of command.options) {
      if (description === '') faults.push(`${path}: ${long} says nothing`);
    }
    const example = /Example:[\s\S]*?(orderferry .+)$/m.exec(help)?.[1];
    if (example === undefined) {
      faults.push(`${path}: no example; add one to src/app/examples.ts`);
      continue;
    }
    const words = wordsOf(example).slice(1);
    const options = words.indexOf(path.split(' ')[0] ?? '');
    const fault = commandFault(program, words.slice(Math.max(0, options)));
    if (fault !== null) faults.push(fault);
    if (!words.slice(options).join(' ').startsWith(path))
      faults.push(`${path}: its example is another command`);
  }
  expect(faults).toEqual([]);
});
