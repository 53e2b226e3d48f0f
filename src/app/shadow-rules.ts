import type { Config } from '../core/config.js';
import { inShadow } from '../core/config.js';
import { ConfigurationError } from '../core/errors.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { didYouMean } from '../core/text.js';
import { hasFiles } from '../engine/in-shadow.js';

/** Why a pipeline cannot run in shadow; null: it can, or it is not one of these. */
export function shadowFault(name: string, pipelines: readonly AnyPipeline[]): string | null {
  const found = pipelines.find((one) => one.name === name);
  if (found?.load[0]?.kind === '3pl-notice') {
    return `${name} tells 3PLs of what was handed over; its notices wait by themselves while hand-overs run in shadow`;
  }
  return null;
}

/** Modes name pipelines that there are, those of a project included. Throws ConfigurationError. */
export function assertModes({ modes = {} }: Pick<Config, 'modes'>, pipelines: readonly AnyPipeline[]): void {
  const names = pipelines.map(({ name }) => name);
  const faults = Object.keys(modes).flatMap((name) => {
    if (!names.includes(name)) return [`modes.${name}: no such pipeline${didYouMean(name, names)}`];
    const fault = modes[name] === 'shadow' ? shadowFault(name, pipelines) : null;
    return fault === null ? [] : [`modes.${name}: ${fault}`];
  });
  faults.push(...inboxFaults(modes, pipelines));
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
}

/** Pipelines that live on the files of 3PLs read them together, so they take them together, or leave them to the script. */
function inboxFaults(modes: NonNullable<Config['modes']>, pipelines: readonly AnyPipeline[]): string[] {
  const readers = pipelines.filter(({ source }) => source.kind === '3pl-inbox').map(({ name }) => name);
  const shadow = readers.filter((name) => modes[name] === 'shadow');
  const live = readers.filter((name) => modes[name] !== 'shadow');
  if (shadow.length === 0) return [];
  return live.map(
    (name) =>
      `modes.${name}: it reads the same files as ${shadow.join(', ')}, which runs in shadow; set both to shadow, or none`,
  );
}

/** What to say wherever the outcome of a pipeline in shadow is shown. */
export function shadowNotes(config: Pick<Config, 'modes'>, pipelines: readonly AnyPipeline[]): string[] {
  return pipelines
    .filter(({ name }) => inShadow(config, name))
    .map((one) => `${one.name} runs in shadow: ${inShadowWords(one)}`);
}

/** What does not happen. */
export function inShadowWords(pipeline: AnyPipeline): string {
  return hasFiles(pipeline)
    ? 'its files are not sent, and nothing is called'
    : 'nothing is called that changes anything; "orderferry shadow compare" shows what was left to the earlier script';
}
