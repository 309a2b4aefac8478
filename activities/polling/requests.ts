import type { When } from './rate-limiter.ts'

/** Somebody waits for an answer about `key`. */
export interface PendingRequest<Answer> {
  readonly key: string
  readonly due: number
  /** A call for several asks failed in a way that may be the fault of one of them. */
  alone: boolean
  /** The call that is under way for it: one that nobody waits for any more is given up. */
  call: SharedCall | undefined
  answer(answer: Answer): void
  fail(error: unknown): void
}

/** A call for several asks. */
export interface SharedCall {
  readonly abort: AbortController
  /** How many still wait for it. */
  waiting: number
}

/** Asks in the order in which they are due. */
export interface RequestQueue<Answer> {
  /** Waits for an answer. Rejects with the signal's reason once that is aborted. */
  add(key: string, when: When): Promise<Answer>
  /** Back to its place. Does nothing to one whose asker has gone. */
  putBack(ask: PendingRequest<Answer>): void
  first(): PendingRequest<Answer> | undefined
  /** The most urgent ones, about `most` different keys; or the first by itself where it must be. */
  take(most: number): readonly PendingRequest<Answer>[]
  /** How many wait for their turn. */
  size(): number
}

/** @param onGone called when an asker has gone before it was answered */
export function createRequestQueue<Answer>(onGone: () => void): RequestQueue<Answer> {
  let queue: PendingRequest<Answer>[] = []
  const gone = new WeakSet<PendingRequest<Answer>>()

  function insert(ask: PendingRequest<Answer>): void {
    let low = 0
    let high = queue.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((queue[middle]?.due ?? Infinity) <= ask.due) low = middle + 1
      else high = middle
    }
    queue.splice(low, 0, ask)
  }

  function remove(ask: PendingRequest<Answer>): void {
    gone.add(ask)
    queue = queue.filter((one) => one !== ask)
    if (ask.call === undefined) return
    ask.call.waiting -= 1
    if (ask.call.waiting === 0) ask.call.abort.abort()
  }

  return {
    add: (key, { due, signal }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const drop = () => {
          remove(ask)
          onGone()
          reject(signal.reason as Error)
        }
        const settled = () => signal.removeEventListener('abort', drop)
        const ask: PendingRequest<Answer> = {
          key,
          due,
          alone: false,
          call: undefined,
          answer(answer) {
            settled()
            resolve(answer)
          },
          fail(error) {
            settled()
            reject(error)
          },
        }
        signal.addEventListener('abort', drop, { once: true })
        insert(ask)
      }),
    putBack(ask) {
      ask.call = undefined
      if (!gone.has(ask)) insert(ask)
    },
    first: () => queue[0],
    take(most) {
      if (queue[0]?.alone === true) return queue.splice(0, 1)
      const keys = new Set<string>()
      const taken: PendingRequest<Answer>[] = []
      const left: PendingRequest<Answer>[] = []
      for (const ask of queue) {
        const fits = !ask.alone && (keys.has(ask.key) || keys.size < most)
        if (fits) keys.add(ask.key)
        const side = fits ? taken : left
        side.push(ask)
      }
      queue = left
      return taken
    },
    size: () => queue.length,
  }
}
