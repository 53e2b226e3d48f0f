import { readdirSync } from 'node:fs';
import { register } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, codeOf, messageOf } from '../core/errors.js';
import { type AnyPipeline, definePipeline } from '../core/pipeline.js';
import { PIPELINES } from './pipelines.js';

/** The folder that has the folder of a configuration file: `/srv/ferry` for `/srv/ferry/config/orderferry.yaml`. */
export function projectOf(configFile: string): string {
  return dirname(dirname(resolve(configFile)));
}

/**
 * The pipelines of a project: the default export of every `pipelines/*.js` and `*.mjs`, in the order of their names. What
 * they import as `orderferry` is this very program, installed beside them or not. Throws ConfigurationError that names the
 * file: it cannot be loaded, is no pipeline, or has the name of another one.
 */
export async function ownPipelines(project: string): Promise<readonly AnyPipeline[]> {
  const files = pipelineFiles(join(project, 'pipelines'));
  if (files.length > 0) resolveOurselves();
  const own: AnyPipeline[] = [];
  for (const file of files) {
    const pipeline = await loadPipeline(file);
    const builtIn = PIPELINES.some(({ name }) => name === pipeline.name);
    if (builtIn || own.some(({ name }) => name === pipeline.name)) {
      const whose = builtIn ? 'a pipeline of Orderferry' : 'another file beside it';
      throw new ConfigurationError(
        `${file}: ${whose} is named "${pipeline.name}"; give it a name of its own`,
      );
    }
    own.push(pipeline);
  }
  return own;
}

function pipelineFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /^[^.].*\.m?js$/.test(name));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw new ConfigurationError(`${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

async function loadPipeline(file: string): Promise<AnyPipeline> {
  let value: unknown;
  try {
    value = ((await import(pathToFileURL(file).href)) as { readonly default?: unknown }).default;
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
  if (!isPipeline(value)) {
    throw new ConfigurationError(
      `${file} exports no pipeline: write "export default definePipeline({ name, source, transform, load })"`,
    );
  }
  return definePipeline(value as Parameters<typeof definePipeline>[0]) as AnyPipeline;
}

function isPipeline(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  const { name, source, transform, load } = value as Readonly<Record<string, unknown>>;
  const described = typeof source === 'object' && source !== null && Array.isArray(load);
  return typeof name === 'string' && typeof transform === 'function' && described;
}

let registered = false;

/** A project need not have the package installed: what runs is what its pipelines import. */
function resolveOurselves(): void {
  if (registered) return;
  registered = true;
  const index = JSON.stringify(new URL('../index.js', import.meta.url).href);
  const hook = `export async function resolve(name, context, next) { return next(name === 'orderferry' ? ${index} : name, context); }`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}
