import { parse } from 'yaml';
import { textOf } from './docs.js';

/** A service of docker-compose.yml, as far as the tests look at it. */
export interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly init?: boolean;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly restart?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** docker-compose.yml with its anchors merged, as Compose reads it. */
export function composeFile(): ComposeFile {
  return parse(textOf('docker-compose.yml'), { merge: true }) as ComposeFile;
}

/** `$$NAME` is Compose's way to leave a dollar to the container. */
export function inContainer(text: string): string {
  return text.replaceAll('$$', '$');
}

/** Instructions of the Dockerfile in order, continued lines joined, comments left out. */
export function dockerfile(): { readonly name: string; readonly rest: string }[] {
  return textOf('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
      return { name, rest };
    });
}

/** The command of the Dockerfile's HEALTHCHECK, in exec form. */
export function dockerHealthCheck(): string[] {
  const check = dockerfile().find(({ name }) => name === 'HEALTHCHECK');
  return JSON.parse(check?.rest.replace(/^.*CMD /, '') ?? '[]') as string[];
}

/** Names of the variables in a text: `${NAME}`, `${NAME:?reason}`. */
export function variablesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/(?<!\$)\$\{(\w+)/g), ([, name = '']) => name))].sort();
}
