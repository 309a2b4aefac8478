import { readFile, rename, writeFile } from 'node:fs/promises'
import type { SavedEcr } from './ecr/open.ts'
import type { EngineState } from './ecs/index.ts'
import { parseExactly } from './http/exact-json.ts'

/** What a simulator saves for its next run, as plain data. */
export interface SavedState {
  /** The version of the file's format. Files of any other version are rejected. */
  readonly format: 1
  /** The state of the ECS engine. */
  readonly world: EngineState
  readonly ecr: SavedEcr
}

/**
 * Reads what an earlier simulator saved; `undefined` if there is no such file.
 *
 * Fails if the file is anything else, so that it is not overwritten.
 */
export async function readStateFile(file: string): Promise<SavedState | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Error(`Cannot read the simulator's state: ${String(error)}`, { cause: error })
  }
  const saved = parse(text)
  if (saved?.format === 1) return saved as SavedState
  throw new Error(
    `${file} is not the state of a simulator of this version. Move it away to start afresh.`,
  )
}

export interface StateWriter {
  /** Saves the last changes, then stops. */
  close(): Promise<void>
}

/**
 * Saves the snapshot about once a second if it has changed. The file is replaced as a whole, so it
 * is complete even if the process is killed.
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
      console.error(`simulator: cannot save its state: ${String(error)}`)
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
    const parsed = parseExactly(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}
