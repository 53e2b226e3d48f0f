import * as z from 'zod';
import { configSchema } from './schema.js';

interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

/** One key of `orderferry.yaml`: `source.overlap`, in a list `godatafeed.stores[].name`. A group has no default of its own. */
export interface ConfigKey {
  readonly path: string;
  readonly group: boolean;
  /** As it would be written in the file; undefined when there is none. */
  readonly default: unknown;
}

/** The JSON schema of `orderferry.yaml` for editors: what may be written in the file. */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema({}, '.'), { io: 'input', target: 'draft-7' });
  return { title: 'Orderferry configuration', ...schema } as JsonSchema;
}

/** Every key that the file may have, in the order of the schema. */
export function configKeys(): readonly ConfigKey[] {
  return keysOf(configJsonSchema(), '');
}

function keysOf(schema: JsonSchema, prefix: string): ConfigKey[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const path = `${prefix}${name}`;
    const isGroup = part.properties !== undefined;
    return [
      { path, group: isGroup, default: isGroup ? undefined : part.default },
      ...keysOf(part, `${path}.`),
      ...(part.items === undefined ? [] : keysOf(part.items, `${path}[].`)),
    ];
  });
}
