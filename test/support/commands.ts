import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { addExamples } from '../../src/app/examples.js';
import { PIPELINES } from '../../src/app/pipelines.js';
import { Redactor } from '../../src/app/redaction.js';
import { systemClock } from '../../src/core/clock.js';
import { filesBelow, ROOT } from './docs.js';

/** The program as the command line builds it: every `add...` of `src/app/commands`. */
export async function wholeProgram(): Promise<Command> {
  const program = new Command('orderferry')
    .option('--config <file>')
    .option('--quiet')
    .option('-V, --version');
  const shell = {
    signal: new AbortController().signal,
    frame: { redactor: new Redactor(), logger: undefined },
    clock: systemClock,
    exitCode: 0,
  };
  for (const file of filesBelow('src/app/commands', '.ts')) {
    const module = (await import(pathToFileURL(join(ROOT, file)).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (/^add[A-Z]/.test(name)) (value as (program: Command, shell: object) => void)(program, shell);
    }
  }
  addExamples(program);
  return program;
}

/** What is wrong with a command line, or null. Placeholders such as `<order>` count as words. */
export function commandFault(program: Command, words: readonly string[]): string | null {
  const shown = `orderferry ${words.join(' ')}`;
  let command = program;
  let given = 0;
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] ?? '').replace(/^\[|\]$/g, '');
    if (word === '--help') return null;
    if (word.startsWith('-')) {
      const [flag = '', value] = word.split('=');
      const option = [...command.options, ...program.options].find(
        (one) => one.long === flag || one.short === flag,
      );
      if (option === undefined) return `${shown}: no option ${flag}`;
      if (option.required && value === undefined) i++;
      continue;
    }
    const next = command.commands.find((one) => one.name() === word);
    if (next !== undefined) command = next;
    else if (command.commands.length > 0 && given === 0) return `${shown}: no command ${word}`;
    else given++;
  }
  const pipeline = command.name() === 'run' ? words[words.indexOf('run') + 1] : undefined;
  if (pipeline !== undefined && !/^</.test(pipeline) && !PIPELINES.some(({ name }) => name === pipeline))
    return `${shown}: no pipeline ${pipeline}`;
  const most = command.registeredArguments.length;
  return given > most ? `${shown}: ${given} arguments, ${command.name()} takes ${most}` : null;
}
