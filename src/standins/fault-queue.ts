/** Which of the matching calls a fault strikes. */
export interface Strikes {
  /** The first matching call it strikes, counted from now; default 1, the next one. */
  readonly nth?: number;
  /** How many matching calls in a row. */
  readonly times?: number;
}

/** Faults waiting for their calls. A call takes the first that is due; each counts its matching calls. */
export class FaultQueue<F extends Strikes> {
  private waiting: { readonly fault: F; seen: number }[] = [];

  /** `usually`: how many calls a fault strikes that does not say; default 1. */
  constructor(private readonly usually: (fault: F) => number = () => 1) {}

  add(fault: F): void {
    this.waiting.push({ fault, seen: 0 });
  }

  clear(): void {
    this.waiting = [];
  }

  next(matches: (fault: F) => boolean): F | undefined {
    let struck: F | undefined;
    for (const entry of this.waiting) {
      const { fault } = entry;
      if (!matches(fault)) continue;
      entry.seen++;
      if (entry.seen >= (fault.nth ?? 1)) struck ??= fault;
    }
    this.waiting = this.waiting.filter(({ fault, seen }) => seen < this.lastCall(fault));
    return struck;
  }

  private lastCall(fault: F): number {
    return (fault.nth ?? 1) + (fault.times ?? this.usually(fault)) - 1;
  }
}
