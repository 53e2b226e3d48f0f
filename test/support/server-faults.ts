/** What a file server of the tests does instead of, or beside, what it was asked. */
export interface ServerFault {
  /** The operation by its name in the protocol: `RENAME`, `STOR`; `*` for each. */
  readonly op: string;
  /** Of a file whose name has this in it. */
  readonly name?: string;
  /** The n-th such operation from now on, from 1; by default the first. */
  readonly nth?: number;
  /**
   * `cut-before`: the connection ends and nothing is done. `cut-after`: it is done, the connection ends, no answer
   * goes out. `refuse`: it is refused as not permitted. `fail`: it fails without a reason. `silent`: no answer comes.
   */
  readonly how: 'cut-before' | 'cut-after' | 'refuse' | 'fail' | 'silent';
}

/** Faults that are still to come, and every operation that came, as `RENAME a.csv`. */
export class ServerFaults {
  readonly operations: string[] = [];
  private readonly planned: { readonly fault: ServerFault; left: number }[] = [];

  plan(fault: ServerFault): void {
    this.planned.push({ fault, left: fault.nth ?? 1 });
  }

  /** Notes the operation; how it goes wrong, or null. Each fault comes about once. */
  meet(op: string, name = ''): ServerFault['how'] | null {
    this.operations.push(`${op} ${name}`.trim());
    for (const [i, planned] of this.planned.entries()) {
      const { fault } = planned;
      if ((fault.op !== '*' && fault.op !== op) || !name.includes(fault.name ?? '')) continue;
      if (--planned.left > 0) continue;
      this.planned.splice(i, 1);
      return fault.how;
    }
    return null;
  }

  /** How often the operation came. */
  count(op: string): number {
    return this.operations.filter((one) => one === op || one.startsWith(`${op} `)).length;
  }
}
