import type { Config } from '../core/config.js';
import { inShadow } from '../core/config.js';
import { ConfigurationError } from '../core/errors.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { didYouMean } from '../core/text.js';

/** What a pipeline may begin with to run in shadow: its files can lie elsewhere, its later steps can be left out. */
const FILES: readonly string[] = ['3pl-file', 'table-csv'];

/** Why a pipeline cannot run in shadow; null: it can, or it is not one of these. */
export function shadowFault(name: string, pipelines: readonly AnyPipeline[]): string | null {
  const found = pipelines.find((one) => one.name === name);
  const first = found?.load[0]?.kind;
  if (first === undefined || FILES.includes(first)) return null;
  if (first === '3pl-notice') {
    return `${name} tells 3PLs of what was handed over; its notices wait by themselves while hand-overs run in shadow`;
  }
  return `${name} makes or changes orders at APIs, and has no files that could be compared; to see what it would do: orderferry run ${name} --dry-run`;
}

/** Modes name pipelines that there are, those of a project included. Throws ConfigurationError. */
export function assertModes({ modes = {} }: Pick<Config, 'modes'>, pipelines: readonly AnyPipeline[]): void {
  const names = pipelines.map(({ name }) => name);
  const faults = Object.keys(modes).flatMap((name) => {
    if (!names.includes(name)) return [`modes.${name}: no such pipeline${didYouMean(name, names)}`];
    const fault = modes[name] === 'shadow' ? shadowFault(name, pipelines) : null;
    return fault === null ? [] : [`modes.${name}: ${fault}`];
  });
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
}

/** What to say wherever the outcome of a pipeline in shadow is shown. */
export function shadowNotes(config: Pick<Config, 'modes'>, pipelines: readonly AnyPipeline[]): string[] {
  return pipelines
    .filter(({ name }) => inShadow(config, name))
    .map(({ name }) => `${name} runs in shadow: its files are not sent, and nothing is called`);
}
