import type { RemoteFile } from '../remote-folder.js';

/**
 * What the answer to MLST says of one file (RFC 3659): `type=file;size=12;modify=20260311170000; a.csv`. Null where
 * it says nothing that can be used.
 */
export function factsOf(answer: string, name: string): RemoteFile | 'folder' | null {
  const line = answer.split(/\r?\n/).find((one) => /^ ?[\w.]+=[^ ]*; /.test(one));
  if (line === undefined) return null;
  const facts = new Map(
    (line.trim().split(' ')[0] ?? '').split(';').map((fact) => {
      const equals = fact.indexOf('=');
      return [fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1)];
    }),
  );
  if (/^[cp]?dir$/i.test(facts.get('type') ?? '')) return 'folder';
  const ordinary = /^file$/i.test(facts.get('type') ?? 'file');
  const size = facts.get('size');
  if (size === undefined || !/^\d{1,15}$/.test(size)) return null;
  return { name, size: Number(size), modifiedAt: instantOf(facts.get('modify') ?? ''), ordinary };
}

/** `20260311170000.123`, always UTC. */
function instantOf(text: string): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?$/.exec(text) ?? [];
  if (second === undefined) return null;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? null : at;
}
