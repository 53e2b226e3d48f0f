import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who holds a lease, as text: `host/pid/started/boot/namespace`. The last three are known on Linux only
 * (else `-`); together they tell a process from a later one with the same id, and a container from
 * another with the same host name.
 */
export function describeHolder(): string {
  return [
    hostname(),
    process.pid,
    startTicks(process.pid) ?? '-',
    bootId() ?? '-',
    pidNamespace() ?? '-',
  ].join('/');
}

/** `host, process 4711`, for messages. */
export function nameHolder(holder: string): string {
  const [host, pid] = holder.split('/');
  return `${host}, process ${pid}`;
}

/**
 * Whether the holder is a process of this very machine, boot and process namespace that has ended: then its
 * lease can be taken at once. False when it is alive or when nothing can be proven.
 */
export function isProvablyDead(holder: string): boolean {
  const [host, pid, started, boot, namespace] = holder.split('/');
  if (host !== hostname() || boot === '-' || boot !== bootId() || namespace !== pidNamespace()) return false;
  return startTicks(Number(pid)) !== started;
}

/** Field 22 of /proc/<pid>/stat: when the process was started. Undefined when there is no such process. */
function startTicks(pid: number): string | undefined {
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return undefined;
  // The command name (field 2) may hold spaces and parentheses: count from behind the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ended = fields[0] === 'Z' || fields[0] === 'X';
  return ended ? undefined : fields[19];
}

function bootId(): string | undefined {
  return readOrUndefined(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

function pidNamespace(): string | undefined {
  return readOrUndefined(() => readlinkSync('/proc/self/ns/pid'));
}

function readOrUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined; // not Linux, or the process has just gone
  }
}
