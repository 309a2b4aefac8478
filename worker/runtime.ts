import { DefaultLogger, Runtime, makeTelemetryFilterString } from '@temporalio/worker'

/** Sets up what all workers of this process share. Call it once, before the first of them. */
export function installRuntime({ onLog }: { readonly onLog?: (line: string) => void }): void {
  Runtime.install({
    // `runWorker` handles signals itself.
    shutdownSignals: [],
    ...(onLog === undefined ? {} : logTo(onLog)),
  })
}

function logTo(onLog: (line: string) => void) {
  return {
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      // A command that embeds a worker shows what its activities do, and what breaks the worker.
      const isActivity = meta?.['sdkComponent'] === 'activity'
      if (level === 'ERROR' || (level === 'WARN' && isActivity))
        onLog(`${level.toLowerCase()}: ${message}`)
      else if (isActivity) onLog(message)
    }),
    telemetryOptions: {
      logging: {
        filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }),
        forward: {},
      },
    },
  }
}
