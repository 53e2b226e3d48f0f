/** A setting that differs between two configurations; null: it is not there. */
export interface SettingChange {
  /** `file.delimiter`, `columns[QTY].number`, `wave.cutOffs`. */
  readonly path: string;
  /** As JSON. */
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * The settings that differ between two values as they were parsed from YAML, in the order of their keys. Entries of a list
 * that have a `name` are compared by it, so that a new column does not make the ones behind it look changed.
 */
export function settingChanges(before: unknown, after: unknown, path = ''): SettingChange[] {
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      settingChanges(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (isNamed(before) && isNamed(after)) {
    const [old, fresh] = [byName(before), byName(after)];
    const names = [...new Set([...old.keys(), ...fresh.keys()])];
    const inner = names.flatMap((name) => settingChanges(old.get(name), fresh.get(name), `${path}[${name}]`));
    const kept = (list: readonly string[], other: ReadonlyMap<string, unknown>) =>
      list.filter((name) => other.has(name)).join(', ');
    const moved = kept([...old.keys()], fresh) !== kept([...fresh.keys()], old);
    const order = {
      path: `${path}, their order`,
      before: text([...old.keys()]),
      after: text([...fresh.keys()]),
    };
    return moved ? [order, ...inner] : inner;
  }
  const [old, fresh] = [text(before), text(after)];
  return old === fresh ? [] : [{ path, before: old, after: fresh }];
}

interface Named {
  readonly name: string;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isNamed(value: unknown): value is readonly Named[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const names = value.map((one) => (isMap(one) ? one.name : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

function byName(list: readonly Named[]): Map<string, unknown> {
  return new Map(list.map((one) => [one.name, one]));
}

function text(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
