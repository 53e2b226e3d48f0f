/** The files of config/deploy/: commands that there are, and time enough to stop. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { commandFault, wholeProgram } from '../support/commands.js';
import { ROOT, textOf } from '../support/docs.js';

const folder = 'config/deploy';
const files = readdirSync(join(ROOT, folder));
const read = (name: string) => textOf(`${folder}/${name}`);

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly { readonly args: readonly string[] }[];
}
const deployment = parse(read('kubernetes-deployment.yaml')).spec.template.spec as Pod;
const cronJob = parse(read('kubernetes-cronjob.yaml')).spec.jobTemplate.spec.template.spec as Pod;
const service = read('orderferry.service');
const DEFAULT_DRAIN_SECONDS = 60;

it('each is in the table of docs/schedule.md, with what is for and against it', () => {
  const page = textOf('docs/schedule.md');
  for (const name of files) {
    const [, , , pro = '', con = ''] =
      page
        .split('\n')
        .find((line) => line.includes(`/${name}) |`))
        ?.split('|') ?? [];
    expect([name, pro.trim() !== '', con.trim() !== '']).toEqual([name, true, true]);
  }
});

it('start commands that there are', async () => {
  const program = await wholeProgram();
  const lines = [
    ...[deployment, cronJob].map(({ containers }) => containers[0]?.args.join(' ') ?? ''),
    /^ExecStart=\S+ (.+)$/m.exec(service)?.[1] ?? '',
    // A comment of XML cannot hold two hyphens.
    /calls: orderferry (.+)$/m.exec(read('windows-task.xml'))?.[1]?.replace('- -', '--') ?? '',
  ];
  for (const line of lines) expect([line, commandFault(program, line.split(' '))]).toEqual([line, null]);
  expect(lines.every((line) => line.includes('schedule'))).toBe(true);
});

it('leave longer to stop than schedule.drain takes', () => {
  const systemd = Number(/^TimeoutStopSec=(\d+)s$/m.exec(service)?.[1]);
  const pods = [deployment, cronJob].map((pod) => pod.terminationGracePeriodSeconds);
  for (const seconds of [systemd, ...pods]) expect(seconds).toBeGreaterThan(DEFAULT_DRAIN_SECONDS);
});
