import type { Config } from '../core/config.js';
import { ConfigurationError } from '../core/errors.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { didYouMean } from '../core/text.js';

/**
 * The schedule and the monitoring name pipelines that there are, those of a project included; they are known when its files
 * are loaded, which is after the configuration. Throws one ConfigurationError with every wrong name.
 */
export function assertPipelineNames(
  { schedule, monitoring }: Pick<Config, 'schedule' | 'monitoring'>,
  pipelines: readonly AnyPipeline[],
): void {
  const names = pipelines.map(({ name }) => name);
  const named = [
    ...(schedule?.entries ?? []).flatMap((entry, i) =>
      entry.pipelines.map((name, j) => [`schedule.entries[${i}].pipelines[${j}]`, name] as const),
    ),
    ...(monitoring?.flows ?? []).map(
      ({ pipeline }, i) => [`monitoring.flows[${i}].pipeline`, pipeline] as const,
    ),
  ];
  const faults = named.flatMap(([key, name]) =>
    names.includes(name) ? [] : [`${key}: there is no pipeline "${name}"${didYouMean(name, names)}`],
  );
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
}
