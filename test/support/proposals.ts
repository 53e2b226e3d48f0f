import type { Command } from 'commander';
import type { Finding } from '../../src/engine/reconcile/findings.js';
import { commandFault } from './commands.js';

/** What is wrong with the commands that a discrepancy proposes; one ends at a semicolon. */
export function faultsIn(program: Command, finding: Finding): string[] {
  if (finding.verdict !== 'differs') return [];
  const commands = finding.next.matchAll(/orderferry ([^;"]+)/g);
  return Array.from(commands, ([, words = '']) => commandFault(program, words.trim().split(/\s+/))).flatMap(
    (fault) => fault ?? [],
  );
}
