import { DefaultLogger, Runtime, makeTelemetryFilterString } from '@temporalio/worker'

/** How a worker lives in its process. */
export interface Hosting {
  /** Stops the worker. Left out: the process's signals do, SIGINT and SIGTERM. */
  readonly stop?: AbortSignal
  /** Takes each line of the log. Left out: standard error, as Temporal's SDK writes it. */
  readonly onLog?: (line: string) => void
}

/** Sets up what all workers of this process share: to be called once, before the first of them. */
export function installRuntime({ onLog }: Pick<Hosting, 'onLog'>): void {
  Runtime.install({
    // Whoever runs the worker decides what stops it.
    shutdownSignals: [],
    ...(onLog === undefined ? {} : logTo(onLog)),
  })
}

function logTo(onLog: (line: string) => void) {
  return {
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      // Of a worker that lives in a command its work is of interest, and what breaks it.
      const isWork = meta?.['sdkComponent'] === 'activity'
      if (level === 'ERROR' || (level === 'WARN' && isWork))
        onLog(`${level.toLowerCase()}: ${message}`)
      else if (isWork) onLog(message)
    }),
    telemetryOptions: {
      logging: {
        filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }),
        forward: {},
      },
    },
  }
}
