/** Which of a set of order ids a listing has not shown yet: five bytes an id, so that a million cost no memory. */
export class Unseen {
  private ids = new Int32Array(1_024);
  private seen = new Uint8Array(0);
  private count = 0;

  /** Ascending. */
  add(ids: readonly number[]): void {
    if (this.count + ids.length > this.ids.length) {
      const larger = new Int32Array(Math.max(this.ids.length * 2, this.count + ids.length));
      larger.set(this.ids.subarray(0, this.count));
      this.ids = larger;
    }
    this.ids.set(ids, this.count);
    this.count += ids.length;
    if (this.seen.length < this.count) {
      const larger = new Uint8Array(this.ids.length);
      larger.set(this.seen);
      this.seen = larger;
    }
  }

  see(id: number): void {
    const at = this.find(id);
    if (at >= 0) this.seen[at] = 1;
  }

  has(id: number): boolean {
    return this.find(id) >= 0;
  }

  /** Those that were not shown, ascending, in pages. */
  *left(size: number): Generator<number[]> {
    let page: number[] = [];
    for (let i = 0; i < this.count; i++) {
      if (this.seen[i] === 1) continue;
      page.push(this.ids[i] ?? 0);
      if (page.length < size) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  /** Its place, or -1. */
  private find(id: number): number {
    let [low, high] = [0, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.ids[middle] ?? 0;
      if (found === id) return middle;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
