import { readFile, rename, writeFile } from 'node:fs/promises'
import type { SavedEcr } from './ecr/open.ts'
import type { EngineState } from './ecs/index.ts'

/** What outlives a simulator: all of it plain data. */
export interface SavedState {
  /** Of the file's own shape; another one is not read. */
  readonly format: 1
  /** The state of the ECS engine. */
  readonly world: EngineState
  readonly ecr: SavedEcr
}

/**
 * What an earlier simulator kept in this file; nothing where there is no such file.
 *
 * Fails when the file is something else, rather than to begin anew over it.
 */
export async function readStateFile(file: string): Promise<SavedState | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Error(`The simulator's state cannot be read: ${String(error)}`, { cause: error })
  }
  const saved = parse(text)
  if (saved?.format === 1) return saved as SavedState
  throw new Error(
    `${file} is not the state of a simulator, or of another version of it. Move it away to begin anew.`,
  )
}

export interface StateWriter {
  /** Saves at once what has changed since, and saves no more. */
  close(): Promise<void>
}

/**
 * Saves what `kept` gives whenever it has changed, about once a second. The file is replaced as a
 * whole: one that is there can be read, whenever the process was killed.
 */
export function writeStateFile(
  file: string,
  snapshot: () => SavedState,
  everyMs = 1000,
): StateWriter {
  let lastSaved = ''
  let saving: Promise<void> = Promise.resolve()
  const save = (): Promise<void> => {
    const text = JSON.stringify(snapshot())
    if (text === lastSaved) return saving
    lastSaved = text
    saving = saving.then(async () => {
      await writeFile(`${file}.new`, text, { mode: 0o600 })
      await rename(`${file}.new`, file)
    })
    return saving
  }
  const timer = setInterval(() => {
    save().catch((error: unknown) => {
      saving = Promise.resolve()
      lastSaved = ''
      console.error(`simulator: its state is not saved: ${String(error)}`)
    })
  }, everyMs)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await save()
    },
  }
}

function parse(text: string): { format?: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}
