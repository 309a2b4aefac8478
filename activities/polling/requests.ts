import type { RequestTiming } from './rate-limiter.ts'

/** Someone waits for an answer about `key`. */
export interface PendingRequest<Answer> {
  readonly key: string
  readonly due: number
  /** A shared call failed, and this request may or may not be the cause: send it on its own. */
  sendAlone: boolean
  /** The call in flight for this request. It is aborted when nobody waits for it any more. */
  call: SharedCall | undefined
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** One call for several requests. */
export interface SharedCall {
  readonly abort: AbortController
  /** How many requests still wait for it. */
  waiting: number
}

/** Requests in the order in which they are due. */
export interface RequestQueue<Answer> {
  /** Waits for an answer. Rejects with the signal's reason when the signal is aborted. */
  add(key: string, timing: RequestTiming): Promise<Answer>
  /** Returns a request to its place. Does nothing to a cancelled one. */
  putBack(request: PendingRequest<Answer>): void
  first(): PendingRequest<Answer> | undefined
  /** The most urgent requests, for at most `maxKeys` keys; or the first one, if it is sent alone. */
  take(maxKeys: number): readonly PendingRequest<Answer>[]
  /** How many requests wait to be sent. */
  size(): number
}

/** @param onCancelled called when a request was cancelled before it was answered */
export function createRequestQueue<Answer>(onCancelled: () => void): RequestQueue<Answer> {
  let queue: PendingRequest<Answer>[] = []
  const cancelled = new WeakSet<PendingRequest<Answer>>()

  function insert(request: PendingRequest<Answer>): void {
    let low = 0
    let high = queue.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((queue[middle]?.due ?? Infinity) <= request.due) low = middle + 1
      else high = middle
    }
    queue.splice(low, 0, request)
  }

  function cancel(request: PendingRequest<Answer>): void {
    cancelled.add(request)
    queue = queue.filter((one) => one !== request)
    if (request.call === undefined) return
    request.call.waiting -= 1
    if (request.call.waiting === 0) request.call.abort.abort()
  }

  return {
    add: (key, { due, signal }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const onAbort = () => {
          cancel(request)
          onCancelled()
          reject(signal.reason as Error)
        }
        const stopListening = () => signal.removeEventListener('abort', onAbort)
        const request: PendingRequest<Answer> = {
          key,
          due,
          sendAlone: false,
          call: undefined,
          resolve(answer) {
            stopListening()
            resolve(answer)
          },
          reject(error) {
            stopListening()
            reject(error)
          },
        }
        signal.addEventListener('abort', onAbort, { once: true })
        insert(request)
      }),
    putBack(request) {
      request.call = undefined
      if (!cancelled.has(request)) insert(request)
    },
    first: () => queue[0],
    take(maxKeys) {
      if (queue[0]?.sendAlone === true) return queue.splice(0, 1)
      const keys = new Set<string>()
      const taken: PendingRequest<Answer>[] = []
      const left: PendingRequest<Answer>[] = []
      for (const request of queue) {
        const fits = !request.sendAlone && (keys.has(request.key) || keys.size < maxKeys)
        if (fits) keys.add(request.key)
        const side = fits ? taken : left
        side.push(request)
      }
      queue = left
      return taken
    },
    size: () => queue.length,
  }
}
