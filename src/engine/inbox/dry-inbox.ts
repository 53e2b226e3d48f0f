import type { InboxEntry, InboxPlace } from '../../core/inbox-place.js';

/** An inbox in which nothing really moves, and where a name that was given leads; null: it is gone. */
export interface DryInbox extends InboxPlace {
  realName(name: string): string | null;
}

/** The inbox as it would be: files are renamed and removed in memory alone. */
export function dryInbox(real: InboxPlace): DryInbox {
  const names = new Map<string, string | null>();
  const realName = (name: string) => (names.has(name) ? (names.get(name) ?? null) : name);
  return {
    realName,
    description: real.description,
    kind: real.kind,
    check: () => real.check(),
    list: () => real.list(),
    async stat(name): Promise<InboxEntry | null> {
      const at = realName(name);
      const there = at === null ? null : await real.stat(at);
      return there === null ? null : { ...there, name };
    },
    async read(name) {
      const at = realName(name);
      return at === null ? null : real.read(at);
    },
    async rename(from, to) {
      names.set(to, realName(from));
      names.set(from, null);
    },
    async remove(name) {
      names.set(name, null);
      return true;
    },
    async sync() {},
  };
}
