/** How many bytes the nodes of this worker may use together: who would go beyond waits, the first come first. */
export class Admission {
  readonly #total: number
  #used = 0
  #running = 0
  readonly #waiting: { bytes: number; enter: () => void }[] = []

  constructor(total: number) {
    this.#total = total
  }

  get used(): number {
    return this.#used
  }

  /** Runs `work` once there is room. What needs more than there is at all runs alone. */
  async hold<T>(bytes: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(bytes, signal)
    try {
      return await work()
    } finally {
      this.#used -= bytes
      this.#running--
      this.#admit()
    }
  }

  #enter(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = this.#waiting.indexOf(entry)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(signal.reason as Error)
        this.#admit()
      }
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const entry = { bytes, enter }
      signal.addEventListener('abort', leave)
      this.#waiting.push(entry)
      if (signal.aborted) leave()
      else this.#admit()
    })
  }

  #admit(): void {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      if (this.#running > 0 && this.#used + first.bytes > this.#total) return
      this.#waiting.shift()
      this.#used += first.bytes
      this.#running++
      first.enter()
    }
  }
}
