export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly detail: string;
  /** What to do; null when all is well. */
  readonly remedy: string | null;
  /** What the check's failure means for the exit code: 2 configuration, 3 not reachable. 0 when all is well. */
  readonly exitCode: number;
}

export function passed(name: string, detail: string): Check {
  return { name, ok: true, detail, remedy: null, exitCode: 0 };
}

export function failed(name: string, detail: string, remedy: string, exitCode: number): Check {
  return { name, ok: false, detail, remedy, exitCode };
}
